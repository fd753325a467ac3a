"""The check as the engine runs it, how often it is asked, and what is learnt from it."""

from __future__ import annotations

from typing import Any

import pytest

from seatrial.engine import Ran
from seatrial.engine.facts import Check
from seatrial.lifecycle.early import command, missing, pause_s

BASH: dict[str, Any] = {"shell": ("/bin/bash", "-ec")}


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (Check(("CMD", "curl", "-f", "http://localhost")), ("curl", "-f", "http://localhost")),
        (Check(("CMD-SHELL", "curl -f x || exit 1")), ("/bin/sh", "-c", "curl -f x || exit 1")),
        (Check(("CMD-SHELL", "true"), **BASH), ("/bin/bash", "-ec", "true")),
        (Check(("SOMETHING", "new")), ()),
    ],
)
def test_a_check_is_run_as_the_engine_would(check: Check, words: tuple[str, ...]) -> None:
    assert command(check) == words


def test_a_probe_takes_a_third_of_the_time_at_most() -> None:
    assert [round(pause_s(tries, 0.01), 2) for tries in (0, 1, 4, 20)] == [0.05, 0.08, 0.25, 1.0]
    assert pause_s(0, 3.0) == 6.0


OCI = 'OCI runtime exec failed: exec failed: unable to start container process: exec: "curl": executable file not found'


@pytest.mark.parametrize(
    ("ran", "program"),
    [
        (Ran(127, f"{OCI} in $PATH: unknown"), "curl"),
        (Ran(127, "/bin/sh: curl: not found\n"), "curl"),
        (Ran(127, "sh: 1: pg_isready: not found\n"), "pg_isready"),
        (Ran(127, "bash: line 1: curl: command not found"), "curl"),
        (Ran(1, "page /x: not found"), ""),
        (Ran(126, 'exec: "./check.sh": permission denied'), ""),
    ],
)
def test_a_program_that_the_image_lacks_is_named(ran: Ran, program: str) -> None:
    assert missing(ran) == program
