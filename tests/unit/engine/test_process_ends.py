"""The end of a process of this machine is told of at once; of one that is not the container's, never."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

import pytest

from seatrial.engine.facts import Facts
from seatrial.engine.process_ends import process_ends

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "1000"]) as running:
        yield running
        running.kill()


@pytest.fixture
def one(process: subprocess.Popen[bytes]) -> Facts:
    """Facts of a container of which the process could be, by the words of its cgroup."""
    return Facts(Path(f"/proc/{process.pid}/cgroup").read_text().strip(), "web", "x", ("sleep",), pid=process.pid)


def test_an_end_is_told_of(process: subprocess.Popen[bytes], one: Facts) -> None:
    told: SimpleQueue[str] = SimpleQueue()
    with process_ends([one], told.put):
        assert told.empty()
        process.kill()
        assert told.get(timeout=10) == one.id


def test_nothing_is_told_of_what_is_not_surely_its_own_process(process: subprocess.Popen[bytes], one: Facts) -> None:
    told: SimpleQueue[str] = SimpleQueue()
    others = [replace(one, id="f" * 64), replace(one, pid_mode="host"), replace(one, pid=0), replace(one, pid=2**22)]
    with subprocess.Popen(["sleep", "1000"]) as last, process_ends([*others, replace(one, pid=last.pid)], told.put):
        process.kill()
        process.wait()
        last.kill()
        assert told.get(timeout=10) == one.id
        assert told.empty()
