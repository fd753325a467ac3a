"""Can the rules of `develop.watch` be followed?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.doctor.finding import Finding, failure, ok, warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.doctor.machine.folders import Watched
    from seatrial.errors import SeatrialError


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules, what is odd about them in sentences, or why they cannot be followed."""

    rules: Sequence[Watched] = ()
    notes: Sequence[str] = ()
    refused: Sequence[SeatrialError] = ()


def judge(found: Rules, written: int) -> Iterator[Finding]:
    """`written`: how many rules stand in the compose file."""
    for one in found.refused:
        yield failure(one.what, why="`watch` does not start while this stands", fix=one.fix, places=one.detail)
    if found.refused:
        return
    if found.notes:
        yield warning(
            found.notes[0],
            why="a rule that does nothing misleads whoever reads it",
            fix="correct the rule's path or its `ignore`, or take it out",
            notes=tuple(found.notes[1:]),
        )
    elif written:
        yield ok(f"{written} watch rules can be followed" if written > 1 else "the watch rule can be followed")
    else:
        yield ok("no watch rules")
