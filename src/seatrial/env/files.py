"""Reads the files that values come from: who says what in which line. For messages only; values come from Compose."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatrial.env.encoding import decoded
from seatrial.env.problem import Problem
from seatrial.env.scan import Statement, statements
from seatrial.env.schema import Loaded, load

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


def read(path: Path, shown: str) -> Read:
    """The file as far as it can be read; `shown` is its name in messages."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        fix = f"make {shown} a file that you may read, or remove it"
        trouble = Problem(shown, None, None, "Unreadable", f"the file cannot be read: {reason}", fix)
        return Read(path, shown, trouble=trouble)
    return Read(path, shown, data, tuple(statements(decoded(data, shown).text)))


def read_schema(path: Path, shown: str) -> Loaded | Problem:
    """The schema, or why there is none to be had."""
    try:
        return load(path.read_bytes(), shown)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        return Problem(
            shown, None, None, "Unreadable", f"the schema cannot be read: {reason}", f"make {shown} readable"
        )
