"""What `--fix` would do about a finding, as a value that can be shown before it is done. Pure."""

from __future__ import annotations

import difflib
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Change:
    """Lines of a file that take the place of others.

    Attributes:
        at: the line, from 0, before which `added` is put; that of the first one `removed`.
        removed: how many lines go.
        added: lines without their ends; the file's own ends are used.
    """

    file: Path
    at: int
    removed: int = 0
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remedy:
    """A fix that is safe to carry out.

    Attributes:
        changes: of text files; a file that is not there is made.
        commands: run one after the other, exactly as they are shown.
        model: where the resolved model may differ afterwards, as `services.web.logging`; a change of a compose file
            that changes it anywhere else is taken back.
    """

    changes: tuple[Change, ...] = ()
    commands: tuple[tuple[str, ...], ...] = ()
    model: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join(shlex.join(command) for command in self.commands)


def meet(changes: Sequence[Change], others: Iterable[Change]) -> bool:
    """Whether one of `changes` is about a line that one of the `others` is about too."""
    return any(one.file == other.file and _meet(one, other) for other in others for one in changes)


def _meet(one: Change, other: Change) -> bool:
    if not one.removed and not other.removed:
        return False  # both only put something in between
    return one.at < other.at + max(other.removed, 1) and other.at < one.at + max(one.removed, 1)


def changed(text: str, changes: Iterable[Change]) -> str:
    """The text with all changes, which must not meet. Every other byte stays, line ends included."""
    lines = text.splitlines(keepends=True)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    # From below, so that the numbers of what is above still hold.
    for change in sorted(changes, key=lambda one: one.at, reverse=True):
        new = [f"{line}{end}" for line in change.added]
        if new and change.at >= len(lines) and lines and not lines[-1].endswith(("\n", "\r")):
            lines[-1] += end
        if change.removed and change.at + change.removed >= len(lines) and not text.endswith(("\n", "\r")) and new:
            new[-1] = new[-1].removesuffix(end)
        lines[change.at : change.at + change.removed] = new
    return "".join(lines)


def diff(name: str, before: str, after: str) -> Iterator[str]:
    """A unified diff without its headers' times."""
    old, new = before.splitlines(), after.splitlines()
    yield from difflib.unified_diff(old, new, f"a/{name}" if old else "/dev/null", f"b/{name}", n=2, lineterm="")
