"""The start of a stack as a chart: who was made, started and ready when, and who waited for whom. Pure."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.lifecycle.critical_path import critical_path
from seatrial.report import stack as words
from seatrial.report.comparison import Comparison
from seatrial.report.page.axis import Axis
from seatrial.report.page.spans import Bar, State
from seatrial.report.page.trend import Trend, trends

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.provenance import Provenance
    from seatrial.lifecycle.bring_up import Result
    from seatrial.lifecycle.critical_path import Link
    from seatrial.lifecycle.failure import Failure
    from seatrial.lifecycle.readiness import Verdict
    from seatrial.lifecycle.timing import Times
    from seatrial.stack import Stack

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
class UpPage:
    """The page of an `up`.

    Attributes:
        columns, rows: every service, as the terminal shows them.
        lines: those that something happened to, in the order in which they were ready.
        remarks: what is worth knowing, a line each.
    """

    project: str
    up: bool
    seconds: float
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    axis: Axis
    lines: tuple[Line, ...]
    path: tuple[Link, ...]
    remarks: tuple[str, ...]
    failures: tuple[Failure, ...]
    trends: tuple[Trend, ...]
    provenance: Provenance | None = None


def up_page(stack: Stack, result: Result, provenance: Provenance | None) -> UpPage:
    """Put together how an `up` went, and how it was before."""
    outcome = result.outcome
    path = critical_path(stack, outcome.times)
    last = max((at for one in outcome.times.values() for at in _known(one)), default=outcome.seconds)
    axis = Axis(0, int(max(last, 0.05) * 1.04 * _NS), 0)
    happened = [verdict for verdict in outcome.verdicts if verdict.service in outcome.times]
    happened.sort(key=lambda verdict: (outcome.times[verdict.service].ready or last, verdict.service))
    before = {later.service: earlier.service for earlier, later in itertools.pairwise(path)}
    critical = {link.service for link in path}
    return UpPage(
        stack.name,
        outcome.up and not result.mismatches,
        outcome.seconds,
        words.UP_COLUMNS,
        tuple(words.up_rows(stack, outcome)),
        axis,
        tuple(_line(one, outcome.times[one.service], axis, critical, before) for one in happened),
        path,
        tuple(words.up_remarks(stack, result)),
        result.failures,
        tuple(trends(Comparison(result.before, result.now))),
        provenance,
    )


def _line(verdict: Verdict, found: Times, axis: Axis, critical: set[str], before: dict[str, str]) -> Line:
    name = verdict.service
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
