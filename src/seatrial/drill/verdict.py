"""How a drill ends: a grade, at most one cause with its evidence and fix, and the figures behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Grade(StrEnum):
    """Worst first. INCONCLUSIVE could not be judged; ERROR is a failure of the drill itself, not of the service.

    KNOWN is a failure that the ledger expects (`ledger.py`); no drill gives it.
    """

    ERROR = "ERROR"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    KNOWN = "KNOWN"
    WARN = "WARN"
    PASS = "PASS"  # noqa: S105  no password
    SKIP = "SKIP"


class Confidence(StrEnum):
    """CERTAIN by an experiment, the kernel or the configuration itself; LIKELY by a pattern; GUESS by exclusion."""

    CERTAIN = "certain"
    LIKELY = "likely"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why. `id` is a stable word (docs/drills.md); `evidence` what was seen, by line; `fix` a concrete change."""

    id: str
    fix: str
    evidence: tuple[str, ...] = ()
    confidence: Confidence = Confidence.CERTAIN


@dataclass(frozen=True, slots=True)
class Verdict:
    """One drill of one service.

    Attributes:
        summary: in one line what was found, also when it is a PASS.
        notes: what else is worth knowing and no reason for the grade.
        figures: what was measured or computed, with the unit in the name (`first_probe_s`).
        dependency: the service that was disturbed, in a drill of an edge; else "".
        also: the causes of what else was found, as words, the worst first.
        known: why this failure is accepted for now; "" when it is not.
        seconds: how long it took; None when it was judged from a recording.
    """

    drill: str
    service: str
    grade: Grade
    summary: str
    cause: Cause | None = None
    notes: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    dependency: str = ""
    also: tuple[str, ...] = ()
    known: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a drill found; the worst becomes the verdict, the others its notes."""

    grade: Grade
    text: str
    cause: Cause | None = None


def concluded(
    drill: str, service: str, findings: Iterable[Finding], fine: str, figures: Mapping[str, float] | None = None
) -> Verdict:
    """The verdict of a drill that found `findings`; `fine` is its summary when there are none."""
    order = list(Grade)
    ranked = sorted(findings, key=lambda finding: order.index(finding.grade))
    if not ranked:
        return Verdict(drill, service, Grade.PASS, fine, figures=figures or {})
    worst, *others = ranked
    notes = tuple(f"{f.grade}: {f.text}{f' (fix: {f.cause.fix})' if f.cause else ''}" for f in others)
    also = tuple(finding.cause.id for finding in others if finding.cause)
    return Verdict(drill, service, worst.grade, worst.text, worst.cause, notes, figures or {}, also=also)
