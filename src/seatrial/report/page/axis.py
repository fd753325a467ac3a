"""Time drawn to scale: moments become percentages of a chart's width, so that it fits every screen. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

_NS = 1e9
_MOST_TICKS = 7


class Tick(NamedTuple):
    """A place on an axis: `x` in percent."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """From `begin_ns` to `end_ns`, told relative to `zero_ns`; all in nanoseconds by one clock."""

    begin_ns: int
    end_ns: int
    zero_ns: int

    @property
    def span_ns(self) -> int:
        return max(self.end_ns - self.begin_ns, 1)

    def x(self, at_ns: float) -> float:
        """In percent of the width; what lies outside is at the edge."""
        return round(min(max((at_ns - self.begin_ns) / self.span_ns, 0.0), 1.0) * 100, 2)

    def width(self, begin_ns: float, end_ns: float) -> float:
        """Of what lasts from one moment to another, in percent."""
        return round(self.x(end_ns) - self.x(begin_ns), 2)

    def holds(self, at_ns: int) -> bool:
        return self.begin_ns <= at_ns <= self.end_ns

    def told(self, at_ns: int) -> str:
        """A moment in words: `+0.132 s`."""
        return f"{(at_ns - self.zero_ns) / _NS:+.3f} s".replace("-", "\N{MINUS SIGN}")

    def ticks(self) -> tuple[Tick, ...]:
        """Round moments, at most seven."""
        step = _round_up(self.span_ns / _NS / _MOST_TICKS)
        first = math.ceil((self.begin_ns - self.zero_ns) / _NS / step - 1e-9)
        last = math.floor((self.end_ns - self.zero_ns) / _NS / step + 1e-9)
        digits = max(0, -math.floor(math.log10(step)))
        return tuple(
            Tick(self.x(self.zero_ns + number * step * _NS), _tick(number * step, digits))
            for number in range(first, last + 1)
        )


def _tick(seconds: float, digits: int) -> str:
    return f"{seconds:+.{digits}f} s".replace("-", "\N{MINUS SIGN}") if abs(seconds) > 1e-9 else "0"


def _round_up(value: float) -> float:
    """To 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-6)))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= value * (1 - 1e-9))
