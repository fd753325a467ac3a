"""One figure over the runs before, as a small chart. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from seatrial.history.regression import LOOKED_AT, NEEDED, accepted, exceeded, margin
from seatrial.history.run import series
from seatrial.report import comparison as words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.report.comparison import Comparison

_DRAWN = 60
_LEAST = 2


@dataclass(frozen=True, slots=True)
class Trend:
    """A figure of one service over its last runs.

    Attributes:
        points: places of values, oldest first, in percent; `y` is 0 at the top.
        usual_y: of the median of the runs before; None while too little is known.
        now, usual, low, high: as texts; `usual` is "" while too little is known.
        worse: whether it is called out.
    """

    service: str
    name: str
    points: tuple[tuple[float, float], ...]
    usual_y: float | None
    now: str
    usual: str
    low: str
    high: str
    runs: int
    worse: bool = False


def trends(compared: Comparison) -> Iterator[Trend]:
    """For each figure of the run that was measured before too."""
    for service, own in compared.now.figures.items():
        for figure, value in own.items():
            known = series(compared.before, service, figure)
            if len(known) + 1 >= _LEAST:
                yield _trend(service, figure, known, value)


def _trend(service: str, figure: str, known: Sequence[float], now: float) -> Trend:
    drawn = [*known, now][-_DRAWN:]
    top = max(drawn) or 1.0
    usual = exceeded(known, now, margin(figure))
    usually = accepted(known, margin(figure))[-LOOKED_AT:]
    middle = median(usually) if len(usually) >= NEEDED else None
    step = 100 / max(len(drawn) - 1, 1)
    return Trend(
        service,
        words.name(figure),
        tuple((round(n * step, 2), _y(value, top)) for n, value in enumerate(drawn)),
        None if middle is None else _y(middle, top),
        words.value(figure, now),
        "" if middle is None else words.value(figure, middle),
        words.value(figure, min(drawn)),
        words.value(figure, max(drawn)),
        len(known) + 1,
        usual is not None,
    )


def _y(value: float, top: float) -> float:
    """From zero on: a chart that begins elsewhere makes noise look like a change."""
    return round((1 - value / top) * 100, 1)
