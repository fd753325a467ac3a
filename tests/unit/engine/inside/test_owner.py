"""Which helpers were left behind: a live owner keeps its own, whichever process checks."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from seatrial.engine.inside.owner import identity, is_left_behind

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC).timestamp()
OLD, NEW = "2026-12-01T10:59:59.524770857Z", "2026-12-01 12:30:00 +0100 CET"


def test_a_helper_of_a_live_process_is_not_left_behind_whatever_its_age() -> None:
    assert not is_left_behind(identity(os.getpid()), OLD, NOW)
    assert not is_left_behind(identity(os.getppid()), OLD, NOW)


def test_a_helper_of_a_process_that_ended_is_left_behind() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as run:
        mark = identity(run.pid)
        assert not is_left_behind(mark, NEW, NOW)
    assert is_left_behind(mark, NEW, NOW)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="a start time is needed")
def test_another_process_with_the_same_number_is_another_owner() -> None:
    machine, pid, _ = identity(os.getpid()).rsplit(":", 2)
    assert is_left_behind(f"{machine}:{pid}:1", NEW, NOW)


@pytest.mark.parametrize("owner", ["", "another-machine:1:1", "nonsense"])
def test_an_owner_that_cannot_be_asked_is_judged_by_age(owner: str) -> None:
    assert is_left_behind(owner, OLD, NOW)
    assert not is_left_behind(owner, NEW, NOW)
    assert not is_left_behind(owner, "", NOW)
