"""Reads the files that values come from: who says what in which line. For messages only; values come from Compose."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seatrial.env import place as places
from seatrial.env.encoding import decoded
from seatrial.env.problem import Problem, errors
from seatrial.env.scan import Statement, statements
from seatrial.env.schema import Loaded, Schema, load

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Read:
    """One env file: its bytes, its statements, or why it cannot be read (`trouble`)."""

    path: Path
    shown: str
    data: bytes = field(default=b"", repr=False)
    statements: tuple[Statement, ...] = ()
    trouble: Problem | None = None

    def line_of(self, key: str) -> int | None:
        """Where the key is set; the last one counts, as in Compose."""
        return next((s.line for s in reversed(self.statements) if s.key == key and s.fault is None), None)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(s.key for s in self.statements if s.fault is None)


def read(path: Path, name: str) -> Read:
    """The file as far as it can be read; `name` stands for it in messages."""
    try:
        data = _bytes(path)
    except OSError as error:
        fix = f"make {name} a file that you may read, or remove it"
        return Read(path, name, trouble=_unreadable(name, "the file", error, fix))
    return Read(path, name, data, tuple(statements(decoded(data, name).text)))


def read_schema(path: Path, name: str) -> Loaded:
    """The schema. Where it has errors everything is secret: it may say so in vain. One that cannot be read is empty."""
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
    return Problem(name, None, None, "Unreadable", f"{what} cannot be read: {reason}", fix)
