"""Inits that send the stop signal to the whole process group, and the workers that it ends. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.service.anatomy import is_init, is_runner, is_shell, program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.engine.inside import Process

_ZOMBIE = "Z"


def sends_to_group(process: Process) -> str:
    """Return the option or the habit by which an init signals its whole group; "" when it signals its child only."""
    options = [word for word in process.command[1:8] if word.startswith("-")]
    short = "".join(word[1:] for word in options if not word.startswith("--"))
    if program(process) == "tini":
        return "tini -g" if "g" in short else ""
    if program(process) == "dumb-init" and "c" not in short and "--single-child" not in options:
        return "dumb-init without --single-child"
    return ""


def unprotected(processes: Sequence[Process], signal: int) -> tuple[str, tuple[Process, ...]]:
    """Return how the signal reaches the whole group, and the workers that do not catch it below one that does."""
    known = {process.pid: process for process in processes}
    first = next((process for process in processes if process.inner_pid == 1 and is_init(process)), None)
    how = sends_to_group(first) if first else ""
    if not how:
        return "", ()
    return how, tuple(
        process
        for process in processes
        if process.state != _ZOMBIE
        and not process.catches(signal)
        and not process.ignores(signal)
        and not (is_init(process) or is_shell(process) or is_runner(process))
        and (parent := known.get(process.parent)) is not None
        and not is_init(parent)
        and parent.catches(signal)
    )
