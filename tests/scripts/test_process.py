from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from process import NOT_FOUND, TIMED_OUT, last_lines, run

if TYPE_CHECKING:
    import pytest

LIB = Path(__file__).parents[2] / "scripts" / "lib"
SHELL = "sleep 60 >/dev/null 2>&1 & echo $! >{}; wait"


def ends(pid: int) -> bool:
    """Whether the process ends within five seconds, or has ended."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(handle) as file:
        waiting = select.poll()
        waiting.register(file, select.POLLIN)
        return bool(waiting.poll(5000))


def test_output_and_exit_code_come_back_as_text_whatever_the_bytes() -> None:
    done = run(["sh", "-c", "printf 'a\\377'; echo b >&2; exit 3"])
    assert (done.returncode, done.stdout, done.stderr) == (3, "a�", "b\n")


def test_merged_output_is_in_the_order_of_writing() -> None:
    assert run(["sh", "-c", "echo 1; echo 2 >&2; echo 3"], merged=True).stdout == "1\n2\n3\n"


def test_a_program_that_does_not_exist_is_an_exit_code_and_no_exception() -> None:
    done = run(["/no/such/program"])
    assert (done.returncode, done.stderr) == (NOT_FOUND, "/no/such/program: No such file or directory")


def test_one_that_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    done = run(["sh", "-c", SHELL.format(tmp_path / "pid")], limit_s=0.5)
    assert (done.returncode, done.stderr) == (TIMED_OUT, "sh did not end within 0.5 s")
    assert ends(int((tmp_path / "pid").read_text()))


def test_an_interrupt_ends_the_child_and_its_children(tmp_path: Path) -> None:
    pid_pipe = tmp_path / "pid"
    os.mkfifo(pid_pipe)
    shell = SHELL.format(pid_pipe)
    code = f"import sys; sys.path.insert(0, {str(LIB)!r}); from process import run; run(['sh', '-c', {shell!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stderr=subprocess.DEVNULL,
        # A test run in the background of a shell has ^C switched off, and hands that down.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as running:
        pid = int(pid_pipe.read_text())
        running.send_signal(signal.SIGINT)
        assert ends(pid)


def test_last_lines_leaves_out_what_is_blank() -> None:
    assert last_lines("1\n2\n\n3\n  \n", 2) == "\n  2\n  3"
    assert last_lines("", 5) == ""


def test_a_registry_that_swallows_packets_costs_seconds_and_no_child_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from base_image import hub
    from base_image.engine import Engine
    from engine_host.endpoint import Endpoint

    client = tmp_path / "docker"
    client.write_text(f"#!/bin/sh\n{SHELL.format(tmp_path / 'pid')}\n")
    client.chmod(0o755)
    monkeypatch.setattr(hub, "FIRST_WORD_S", 0.5)
    monkeypatch.setattr(Engine, "image", lambda *_: None)
    assert not hub.pull(Engine(Endpoint("unix:///none", "test"), {"PATH": f"{tmp_path}:/usr/bin:/bin"}))
    assert ends(int((tmp_path / "pid").read_text()))
