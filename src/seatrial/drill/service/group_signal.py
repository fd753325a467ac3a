"""Inits that send the stop signal to the whole process group, and the workers that it ends. Pure."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from seatrial.drill.service.anatomy import is_init, is_runner, is_shell, program

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.engine.inside import Process

_ZOMBIE = "Z"
_TINI, _DUMB_INIT = "tini", "dumb-init"
_SINGLE_CHILD = "--single-child"
# Options whose value is a word of its own, by letter and by name.
_WITH_VALUE = {_TINI: frozenset({"p", "e"}), _DUMB_INIT: frozenset({"r", "--rewrite"})}


def sends_to_group(process: Process) -> str:
    """Return the option or the habit by which an init signals its whole group; "" when it signals its child only."""
    init = program(process)
    given = {letter for _, letter in _options(process.command, init)}
    if init == _TINI:
        return "tini -g" if "g" in given else ""
    if init == _DUMB_INIT and not given & {"c", _SINGLE_CHILD}:
        return f"dumb-init without {_SINGLE_CHILD}"
    return ""


def to_single_child(init: Process, command: Sequence[str]) -> tuple[str, ...]:
    """Return a container's command with that init signalling its child alone; () when there is nothing to change.

    Other programs may stand before the init.
    """
    name = program(init)
    at = next((i for i, word in enumerate(command) if PurePosixPath(word).name == name), None)
    if at is None or not sends_to_group(init):
        return ()
    if name == _DUMB_INIT:
        return (*command[: at + 1], _SINGLE_CHILD, *command[at + 1 :])
    own = command[at:]
    flags = {index for index, letter in _options(own, name) if letter == "g"}
    words = [word.replace("g", "", 1) if index in flags else word for index, word in enumerate(own)]
    return (*command[:at], *(word for index, word in enumerate(words) if index not in flags or word != "-"))


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


def _options(command: Sequence[str], init: str) -> Iterator[tuple[int, str]]:
    """The letters and long names of an init's own options, each with the index of its word."""
    valued = _WITH_VALUE.get(init, frozenset())
    words = iter(list(enumerate(command))[1:])
    for index, word in words:
        if word in ("-", "--") or not word.startswith("-"):
            return
        names = (word,) if word.startswith("--") else word[1:]
        for position, name in enumerate(names, start=1):
            yield index, name.partition("=")[0]
            if name in valued:
                if position == len(names):
                    next(words, None)
                break
