"""Reads the files that values come from: who says what in which line. For messages only; values come from Compose."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seatrial.env import place as places
from seatrial.env.encoding import decoded
from seatrial.env.problem import Problem, errors
from seatrial.env_syntax.scan import Statement, statements

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from seatrial.env.schema import Loaded

UNREADABLE = "Unreadable"


@dataclass(frozen=True, slots=True)
class Read:
    """One env file: its bytes, its statements, or why it cannot be read (`trouble`).

    `lines` tells where each key is set; the last place counts, as in Compose.
    """

    path: Path
    shown: str
    data: bytes = field(default=b"", repr=False)
    statements: tuple[Statement, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    trouble: Problem | None = None

    def line_of(self, key: str) -> int | None:
        return self.lines.get(key)

    @property
    def keys(self) -> Collection[str]:
        return self.lines.keys()


def read(path: Path, name: str, fix: str = "") -> Read:
    """The file as far as it can be read; `name` stands for it in messages, `fix` is for one that is not there."""
    try:
        data = _bytes(path)
    except OSError as error:
        if not (fix and isinstance(error, FileNotFoundError)):
            fix = f"make {name} a file that you may read, or remove it"
        return Read(path, name, trouble=_unreadable(name, "the file", error, fix))
    found = tuple(statements(decoded(data, name).text))
    return Read(path, name, data, found, {s.key: s.line for s in found if s.fault is None})


def read_schema(path: Path, name: str) -> Loaded:
    """The schema. Where it has errors everything is secret: it may say so in vain. One that cannot be read is empty."""
    from seatrial.env.schema import Loaded, Schema, load  # as much to load as all the rest; most projects have none

    try:
        loaded = load(_bytes(path), name)
    except OSError as error:
        fix = f"make {name} a file that you may read"
        return Loaded(Schema(name), (_unreadable(name, "the schema", error, fix),))
    if not errors(loaded.problems):
        return loaded
    hidden = tuple(replace(item, sensitive=True) for item in loaded.schema.items)
    return Loaded(replace(loaded.schema, items=hidden, sensitive=True), loaded.problems)


def _bytes(path: Path) -> bytes:
    """A regular file's content; a pipe or a device is not waited for. Raises `OSError`."""
    found = places.read(path)
    if found.status is None:
        raise FileNotFoundError(2, "no such file or directory")
    return found.data


def _unreadable(name: str, what: str, error: OSError, fix: str) -> Problem:
    reason = (error.strerror or "unknown reason").lower()
    return Problem(name, None, None, UNREADABLE, f"{what} cannot be read: {reason}", fix)
