"""Several runs of one drill as one verdict: drains are races, and one good run proves little. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

from seatrial.drill.verdict import Grade, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

_BAD, _GOOD = (Grade.ERROR, Grade.FAIL), (Grade.PASS, Grade.WARN)


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """The worst of them with the medians of their figures. One that fails only sometimes is a WARN that says so."""
    if len(verdicts) == 1:
        return verdicts[0]
    order = list(Grade)
    worst = min(verdicts, key=lambda verdict: order.index(verdict.grade))
    names = set.intersection(*(set(verdict.figures) for verdict in verdicts))
    figures = {name: median(v.figures[name] for v in verdicts) for name in sorted(names)}
    counts = Counter(verdict.grade for verdict in verdicts)
    told = ", ".join(f"{counts[grade]}/{len(verdicts)} {grade}" for grade in order if counts[grade])
    flaky = worst.grade in _BAD and any(counts[grade] for grade in _GOOD)
    grade = Grade.WARN if flaky else worst.grade
    return replace(worst, grade=grade, summary=f"{told}: {worst.summary}", figures=figures)
