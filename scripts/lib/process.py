"""Runs a program to its end and says how that was, never by an exception."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import contextmanager

from interrupts import held

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from os import PathLike
    from typing import IO

NOT_FOUND, TIMED_OUT = 127, 124
"""Exit codes that a shell and timeout(1) give for the same."""


def run(  # noqa: PLR0913 - each is one of subprocess.run, under a name that fits what it does here
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    limit_s: float | None = None,
    *,
    stdin: IO[bytes] | None = None,
    cwd: str | PathLike[str] | None = None,
    merged: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Exit code and output as text; with `merged`, stderr comes in stdout, in order.

    It runs in a session of its own, so ^C reaches us only; when we are interrupted, it and its children are ended.
    One that cannot be started gives 127, one that takes longer than `limit_s` is ended and gives 124.
    """
    try:
        with child_group(command, environment, stdin=stdin, cwd=cwd, merged=merged) as child:
            out, errors = child.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        return _failed(command, TIMED_OUT, f"{command[0]} did not end within {limit_s:g} s", merged)
    except OSError as error:
        return _failed(command, NOT_FOUND, f"{command[0]}: {error.strerror}", merged)
    return subprocess.CompletedProcess(command, child.returncode, out, errors or "")


@contextmanager
def child_group(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    *,
    stdin: IO[bytes] | None = None,
    cwd: str | PathLike[str] | None = None,
    merged: bool = False,
) -> Iterator[subprocess.Popen[str]]:
    """A child in a session of its own. Whatever ends the block, no process of that session is left behind it."""
    child = None
    try:
        with held():  # an interrupt while Popen forks would leave a child that nobody knows
            child = subprocess.Popen(
                command,
                env=None if environment is None else dict(environment),
                cwd=cwd,
                stdin=stdin or subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if merged else subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        yield child
    finally:
        if child is not None and child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()


def _failed(command: Sequence[str], code: int, said: str, merged: bool) -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess(command, code, said if merged else "", "" if merged else said)


def last_lines(text: str, count: int) -> str:
    """The last lines that are not blank, each on a line of its own and indented, to stand below a message."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    return "".join(f"\n  {line}" for line in lines[-count:])
