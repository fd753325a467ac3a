"""Latency and outcomes over time, and the same before, during and after as a table. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.report.page.marks import COLUMNS, IDLE, MOST, Column, Outcome, Seen, began, columns, milliseconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.report.page.axis import Axis
    from seatrial.report.page.phases import Phases

_MS = 1e6
_SLOW_SHARE = 0.95


@dataclass(frozen=True, slots=True)
class Dot:
    """An answer: `x` in percent of the width, `y` of the height (0 at the top)."""

    x: float
    y: float
    told: str


@dataclass(frozen=True, slots=True)
class Range:
    """Answers of one part of the axis: where their median lies, and from the fastest to the 95th percentile."""

    x: float
    width: float
    top: float
    middle: float
    bottom: float
    told: str


@dataclass(frozen=True, slots=True)
class Level:
    """A line of equal latency."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Strips:
    """`dots` or `ranges`, whichever there is room for, against logarithmic `levels`; and the outcomes as columns."""

    levels: tuple[Level, ...]
    dots: tuple[Dot, ...]
    ranges: tuple[Range, ...]
    outcomes: tuple[Column, ...]

    @property
    def highest(self) -> int:
        return max((column.total for column in self.outcomes), default=1)


@dataclass(frozen=True, slots=True)
class Row:
    """A phase in figures, as texts; `counts` in the order of `Outcome`."""

    name: str
    total: int
    counts: tuple[int, ...]
    median: str
    slow: str
    slowest: str


def latency_ns(one: Seen) -> int | None:
    """From the last byte sent to the last byte received; None without a good answer, or for a bare connection."""
    request = one.request
    if one.outcome is not Outcome.OK or request.done_ns is None or request.sent_ns is None:
        return None
    return max(request.done_ns - request.sent_ns, 1)


def strips(requests: Sequence[Seen], axis: Axis, most: int = MOST) -> Strips | None:
    """None where nothing was asked."""
    asked = [one for one in requests if one.request.lane != IDLE and axis.holds(began(one.request))]
    if not asked:
        return None
    answers = [(began(one.request), latency) for one in asked if (latency := latency_ns(one)) is not None]
    scale = _Scale.over([latency for _, latency in answers])
    dots: tuple[Dot, ...] = ()
    ranges: tuple[Range, ...] = ()
    if len(answers) > most:
        ranges = tuple(_ranges(answers, axis, scale))
    else:
        dots = tuple(Dot(axis.x(at), scale.y(ns), f"{axis.told(at)}: {milliseconds(ns)}") for at, ns in answers)
    return Strips(scale.levels() if answers else (), dots, ranges, columns(asked, axis, COLUMNS // 2))


def table(requests: Sequence[Seen], phases: Phases) -> tuple[Row, ...]:
    """A row for each phase in which something was asked, by when it was sent."""
    rows = []
    for number, name in enumerate(phases.names):
        own = [r for r in requests if r.request.lane != IDLE and phases.of(began(r.request)) == number]
        if own:
            latencies = sorted(ns for one in own if (ns := latency_ns(one)) is not None)
            counts = tuple(sum(one.outcome is outcome for one in own) for outcome in Outcome)
            rows.append(Row(name, len(own), counts, *_figures(latencies)))
    return tuple(rows)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed."""
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def _figures(ordered: Sequence[int]) -> tuple[str, str, str]:
    if not ordered:
        return ("-", "-", "-")
    return (
        milliseconds(quantile(ordered, 0.5)),
        milliseconds(quantile(ordered, _SLOW_SHARE)),
        milliseconds(ordered[-1]),
    )


def _ranges(answers: Sequence[tuple[int, int]], axis: Axis, scale: _Scale) -> Iterator[Range]:
    parts: dict[int, list[int]] = {}
    for at, latency in answers:
        parts.setdefault(min(int(axis.x(at) * COLUMNS / 100), COLUMNS - 1), []).append(latency)
    width = 100 / COLUMNS
    for place, several in sorted(parts.items()):
        ordered = sorted(several)
        middle, slow = quantile(ordered, 0.5), quantile(ordered, _SLOW_SHARE)
        told = f"{len(ordered)} answers, median {milliseconds(middle)}, 95 % within {milliseconds(slow)}"
        yield Range(round(place * width, 2), width, scale.y(slow), scale.y(middle), scale.y(ordered[0]), told)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Logarithmic, from one power of ten in nanoseconds to another."""

    low: int
    high: int

    @classmethod
    def over(cls, latencies: Sequence[int]) -> _Scale:
        if not latencies:
            return cls(6, 7)
        low, high = math.floor(math.log10(min(latencies))), math.ceil(math.log10(max(latencies)))
        return cls(low, max(high, low + 1))

    def y(self, ns: float) -> float:
        share = (math.log10(max(ns, 1)) - self.low) / (self.high - self.low)
        return round((1 - min(max(share, 0.0), 1.0)) * 100, 1)

    def levels(self) -> tuple[Level, ...]:
        return tuple(Level(self.y(10**power), _level(10**power)) for power in range(self.low, self.high + 1))


def _level(ns: int) -> str:
    return f"{ns // 10**9} s" if ns >= 10**9 else f"{ns / _MS:g} ms"
