"""Runs a program to its end and says how that was, never by an exception."""

from __future__ import annotations

import subprocess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
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

    It runs in a session of its own, so ^C reaches us only. One that cannot be started gives 127, one that takes longer
    than `limit_s` is ended and gives 124.
    """
    try:
        return subprocess.run(
            command,
            env=None if environment is None else dict(environment),
            cwd=cwd,
            stdin=stdin or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if merged else subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            timeout=limit_s,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        problem, code = f"{command[0]} did not end within {limit_s:g} s", TIMED_OUT
    except OSError as error:
        problem, code = f"{command[0]}: {error.strerror}", NOT_FOUND
    return subprocess.CompletedProcess(command, code, problem if merged else "", "" if merged else problem)


def last_lines(text: str, count: int) -> str:
    """The last lines that are not blank, each on a line of its own and indented, to stand below a message."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    return "".join(f"\n  {line}" for line in lines[-count:])
