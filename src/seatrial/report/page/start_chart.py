"""The start of a stack as a chart: who was made, started and ready when, and who waited for whom. Pure."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.report.page.axis import Axis
from seatrial.report.page.spans import Bar, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.lifecycle.critical_path import Link
    from seatrial.lifecycle.last_start import Start
    from seatrial.lifecycle.timing import Times

_NS = 10**9
_WIDE = 16


@dataclass(frozen=True, slots=True)
class Line:
    """A service: `bars` of its start, in order; `ready` in percent; `told` in words."""

    service: str
    bars: tuple[Bar, ...]
    ready: float | None
    told: str
    critical: bool
    waits_for: str


@dataclass(frozen=True, slots=True)
class StartChart:
    """A start.

    Attributes:
        at, seconds: when it began, RFC 3339 or "", and how long it took.
        lines: services that something happened to, in the order in which they were ready.
    """

    at: str
    seconds: float
    axis: Axis
    lines: tuple[Line, ...]
    path: tuple[Link, ...]


def start_chart(start: Start) -> StartChart:
    """Draw it to scale."""
    last = max((at for one in start.times.values() for at in _known(one)), default=start.seconds)
    axis = Axis(0, int(max(last, 0.05) * 1.04 * _NS), 0)
    before = {later.service: earlier.service for earlier, later in itertools.pairwise(start.path)}
    critical = {link.service for link in start.path}
    happened = sorted(start.times.items(), key=lambda item: (item[1].ready or last, item[0]))
    lines = (_line(name, found, axis, critical, before) for name, found in happened)
    return StartChart(start.at, start.seconds, axis, tuple(lines), start.path)


def _line(name: str, found: Times, axis: Axis, critical: set[str], before: dict[str, str]) -> Line:
    ready = None if found.ready is None else axis.x(found.ready * _NS)
    steps = {"made": found.created, "started": found.started, "ready": found.ready, "healthy": found.healthy}
    told = ", ".join(f"{word} at {at:.2f} s" for word, at in steps.items() if at is not None)
    return Line(name, tuple(_bars(found, axis)), ready, told, name in critical, before.get(name, ""))


def _bars(found: Times, axis: Axis) -> Iterator[Bar]:
    """Made and waiting, then starting, then ready."""
    end = axis.end_ns / _NS
    started = found.started if found.started is not None else None
    if found.created is not None:
        yield _bar(State.DOWN, found.created, started if started is not None else end, axis)
    if started is not None:
        ready = found.ready if found.ready is not None else end
        yield _bar(State.STARTING, started, ready, axis)
        if found.ready is not None:
            yield _bar(State.UP, ready, end, axis)


_WORDS = {State.DOWN: "waits", State.STARTING: "starting", State.UP: "ready"}


def _bar(state: State, begin_s: float, end_s: float, axis: Axis) -> Bar:
    x, width = axis.x(begin_s * _NS), axis.width(begin_s * _NS, max(end_s, begin_s) * _NS)
    text = _WORDS[state]
    return Bar(state, x, width, text if width >= _WIDE else "", f"{text}, {begin_s:.2f} s to {end_s:.2f} s")


def _known(found: Times) -> list[float]:
    return [at for at in (found.created, found.started, found.ready) if at is not None]
