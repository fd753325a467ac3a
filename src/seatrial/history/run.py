"""What is kept of one run. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Figures = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Run:
    """The figures of one run.

    Attributes:
        at: when it began, RFC 3339.
        figures: by service, by what was measured; the unit is the end of the name (`stop_s`, `image_bytes`).
        verdicts: by service (`web > db` for an edge), by drill, the grade.
    """

    at: str
    figures: Figures = field(default_factory=dict)
    verdicts: dict[str, dict[str, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.figures or self.verdicts)


def series(runs: Iterable[Run], service: str, name: str) -> list[float]:
    """One figure of one service, oldest first, of the runs that have it."""
    return [run.figures[service][name] for run in runs if name in run.figures.get(service, {})]
