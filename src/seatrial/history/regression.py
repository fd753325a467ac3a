"""What has become worse, by a rule that noise does not trip. Pure.

A figure is called out when it is larger than the largest of the last 30 runs, of which there must be five, by a share
of it and by an amount that somebody would notice. So it does not matter how the figures are spread: many are skewed,
some are of two kinds. What was called out is no part of what is usual, or it would be told once only; but when five of
the last 15 runs were, that is how it is now.

A verdict is called out when it was good the last three times, or more, and is a failure now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from seatrial.history.run import series

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from seatrial.history.run import Run

NEEDED, LOOKED_AT = 5, 30
_ACCEPTED, _AMONG = 5, 15
_GOOD = frozenset({"PASS", "WARN"})
_BAD = frozenset({"FAIL", "ERROR", "KNOWN"})
_GOOD_BEFORE = 3


class Margin(NamedTuple):
    """By how much a figure must be larger: a share of the largest before, and an amount in the figure's unit."""

    share: float
    amount: float


# By the end of the name.
_MARGINS = {"stop_s": Margin(0.5, 0.5), "_s": Margin(0.5, 1.0), "_bytes": Margin(0.1, 5e6)}


@dataclass(frozen=True, slots=True)
class Regression:
    """A figure (`name`, with its unit) that has become worse."""

    service: str
    name: str
    now: float
    usual: float


@dataclass(frozen=True, slots=True)
class Turn:
    """A verdict that was good `times` times in a row, and is a failure now."""

    service: str
    drill: str
    times: int


def regressions(before: Sequence[Run], now: Run) -> tuple[Regression, ...]:
    """The figures that have become worse, in the order of the run."""
    found = []
    for service, own in now.figures.items():
        for name, value in own.items():
            usual = exceeded(series(before, service, name), value, margin(name))
            if usual is not None:
                found.append(Regression(service, name, value, usual))
    return tuple(found)


def margin(name: str) -> Margin:
    return next((known for end, known in _MARGINS.items() if name.endswith(end)), Margin(0.5, 1.0))


def exceeded(before: Sequence[float], now: float, least: Margin) -> float | None:
    """The usual value, a median, when `now` is clearly larger than all before; else None, also when little is known."""
    known = accepted(before, least)[-LOOKED_AT:]
    if not _larger(known, now, least):
        return None
    from statistics import median  # longer to load than all that is done with it

    return median(known)


def accepted(values: Iterable[float], least: Margin) -> list[float]:
    """Those that count as usual, oldest first: all but what was called out, unless that has become usual."""
    usual: list[float] = []
    odd: list[tuple[int, float]] = []
    for place, value in enumerate(values):
        if not _larger(usual[-LOOKED_AT:], value, least):
            usual.append(value)
            continue
        odd = [*((at, one) for at, one in odd if place - at < _AMONG), (place, value)]
        if len(odd) >= _ACCEPTED:
            usual += [one for _, one in odd]
            odd = []
    return usual


def _larger(known: Sequence[float], value: float, least: Margin) -> bool:
    if len(known) < NEEDED:
        return False
    largest = max(known)
    return value - largest > max(least.share * largest, least.amount)


def turned(before: Sequence[Run], now: Run) -> Iterator[Turn]:
    """Verdicts that are a failure now and were good three times before, or more."""
    for service, own in now.verdicts.items():
        for drill, grade in own.items():
            if grade != "FAIL":
                continue
            times = 0
            for run in reversed(before):
                known = run.verdicts.get(service, {}).get(drill)
                if known in _GOOD:
                    times += 1
                elif known in _BAD:
                    break
            if times >= _GOOD_BEFORE:
                yield Turn(service, drill, times)
