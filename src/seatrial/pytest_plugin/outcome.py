"""What a drill in a test has found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from seatrial.drill.verdict import Grade
from seatrial.report.drill_text import block, place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from seatrial.drill.verdict import Verdict

_GOOD = (Grade.PASS, Grade.WARN, Grade.SKIP, Grade.KNOWN)


@dataclass(frozen=True, slots=True, repr=False)
class Outcome:
    """The verdicts of one drill: of one service, or of each that was not chosen away. The worst speaks for all.

    Attributes:
        name: of the drill.
        verdicts: the worst first.
        unrestored: what is not as it was before, by line.
    """

    name: str
    verdicts: tuple[Verdict, ...]
    unrestored: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Nothing failed, everything could be judged, and the stack is as before."""
        return not self.unrestored and all(verdict.grade in _GOOD for verdict in self.verdicts)

    @property
    def skipped(self) -> bool:
        """It applies to nothing here."""
        return not self.unrestored and all(verdict.grade is Grade.SKIP for verdict in self.verdicts)

    @property
    def known(self) -> str:
        """Why it fails and is accepted, as the ledger says; "" when it does not, or when more is wrong."""
        known = [verdict for verdict in self.verdicts if verdict.grade is Grade.KNOWN]
        return f"{known[0].known}: {known[0].summary}" if known and self.passed else ""

    @property
    def verdict(self) -> str:
        """`PASS`, `WARN`, `FAIL`, `KNOWN`, `SKIP`, `INCONCLUSIVE` or `ERROR`."""
        return self.verdicts[0].grade.value

    @property
    def summary(self) -> str:
        """In one line."""
        return self.verdicts[0].summary

    @property
    def cause(self) -> str | None:
        """A word of docs/drills.md."""
        found = self.verdicts[0].cause
        return found.id if found else None

    @property
    def evidence(self) -> tuple[str, ...]:
        """What was seen, by line."""
        found = self.verdicts[0].cause
        return found.evidence if found else ()

    @property
    def fix(self) -> str | None:
        """What to change."""
        found = self.verdicts[0].cause
        return found.fix if found else None

    @property
    def figures(self) -> Mapping[str, float]:
        """What was measured, with the unit at the end of the name."""
        return self.verdicts[0].figures

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        return f"<{place(self.verdicts[0])}, {self.name}: {self.verdict}: {self.cause or self.summary}>"

    def __str__(self) -> str:
        worst = [verdict for verdict in self.verdicts if verdict.grade not in _GOOD] or self.verdicts[:1]
        restored = (f"NOT AS BEFORE: {line}" for line in self.unrestored)
        return "\n".join((*restored, *(line for verdict in worst for line in block(verdict))))


def outcome(name: str, verdicts: Sequence[Verdict], unrestored: Sequence[str], redact: Callable[[Any], Any]) -> Outcome:
    """The verdicts without what is secret in them."""
    ranked = sorted(verdicts, key=lambda verdict: list(Grade).index(verdict.grade))
    return Outcome(name, tuple(_shown(verdict, redact) for verdict in ranked), tuple(redact(unrestored)))


def _shown(verdict: Verdict, redact: Callable[[Any], Any]) -> Verdict:
    cause = verdict.cause
    return replace(
        verdict,
        summary=redact(verdict.summary),
        known=redact(verdict.known),
        notes=tuple(redact(verdict.notes)),
        cause=cause and replace(cause, fix=redact(cause.fix), evidence=tuple(redact(cause.evidence))),
    )
