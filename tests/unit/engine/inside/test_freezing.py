"""The line that resumes who is frozen, run by a real shell that stands in /proc."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seatrial.engine.inside.freezing import at_exit
from seatrial.engine.inside.processes import process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.engine.inside import Process

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="a /proc is needed")


def look(pid: int) -> Process:
    texts = (Path(f"/proc/{pid}/{file}").read_text() for file in ("stat", "status", "cmdline"))
    found = process(*texts)
    assert found
    return found


@contextmanager
def frozen(tmp_path: Path) -> Iterator[Process]:
    """A process that was stopped, with a name that is hard to read over."""
    program = tmp_path / "a) S (b"
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([program, "100"]) as child:
        os.kill(child.pid, signal.SIGSTOP)
        os.waitpid(child.pid, os.WUNTRACED)
        try:
            yield look(child.pid)
        finally:
            child.kill()


def shell(*lines: str) -> None:
    subprocess.run(["sh"], input="\n".join(("cd /proc", *lines)), text=True, check=True)


def resumed(one: Process) -> bool:
    deadline = time.monotonic() + 10
    while look(one.pid).state == "T" and time.monotonic() < deadline:
        pass
    return look(one.pid).state != "T"


def test_the_end_of_the_shell_resumes_who_was_frozen(tmp_path: Path) -> None:
    with frozen(tmp_path) as one:
        assert one.state == "T"
        shell(at_exit([one]))
        assert resumed(one)


def test_what_was_taken_back_is_not_done(tmp_path: Path) -> None:
    with frozen(tmp_path) as one:
        shell(at_exit([one]), at_exit([]))
        assert look(one.pid).state == "T"


def test_a_process_that_has_the_number_by_now_is_left_alone(tmp_path: Path) -> None:
    from dataclasses import replace

    with frozen(tmp_path) as one:
        shell(at_exit([replace(one, start_ticks=one.start_ticks + 1)]))
        assert look(one.pid).state == "T"


def test_one_that_has_ended_keeps_nobody_else_frozen(tmp_path: Path) -> None:
    from dataclasses import replace

    with frozen(tmp_path) as one:
        shell(at_exit([replace(one, pid=2**22 + 1), one]))
        assert resumed(one)
