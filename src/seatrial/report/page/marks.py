"""Requests as marks on a time axis: one each, or columns of counts where there are too many to tell apart. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from seatrial.drill.stop.ended import stop
from seatrial.drill.stop.flight import requests as classes_of
from seatrial.drill.traffic.classify import placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from seatrial.drill.recording import Recording
    from seatrial.drill.traffic.request import Request
    from seatrial.report.page.axis import Axis

MOST = 400  # marks in one chart
COLUMNS = 100
_ROWS = 10
IDLE = "idle"  # the lane of connections on which nothing is asked
_UNAVAILABLE = 503


class Outcome(StrEnum):
    """Each has a shape of its own; in the order in which columns are stacked."""

    OK = "answered"
    TURNED = "turned away"
    FAILED = "failed"
    HUNG = "no answer"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Mark:
    """One request, from when it was sent to its end: `x` and `end` in percent, `row` from 0, `told` in words."""

    outcome: Outcome
    x: float
    end: float
    row: int
    told: str


@dataclass(frozen=True, slots=True)
class Column:
    """Requests that began within the same part of the axis: `x` and `width` in percent, counts by outcome."""

    x: float
    width: float
    counts: tuple[tuple[Outcome, int], ...]

    @property
    def total(self) -> int:
        return sum(count for _, count in self.counts)


@dataclass(frozen=True, slots=True)
class Lane:
    """Requests of one class: marks, or columns where there are too many."""

    name: str
    total: int
    outcomes: tuple[tuple[Outcome, int], ...]
    marks: tuple[Mark, ...] = ()
    columns: tuple[Column, ...] = ()

    @property
    def rows(self) -> int:
        return max((mark.row for mark in self.marks), default=0) + 1

    @property
    def highest(self) -> int:
        return max((column.total for column in self.columns), default=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """A request with its class and what became of it."""

    request: Request
    lane: str
    outcome: Outcome


_CLASSES = {
    "before": "ended before the signal",
    "in_flight": "in flight at the signal: must be answered",
    "half_head": "half of a head sent",
    "queued": "queued at the signal",
    "keep_alive_race": "crossed the closing of a kept connection",
    "new": "begun after the signal",
    "gone": "begun after the end",
    "ambiguous": "too near to the signal to tell",
    "idle": "idle connections, until they were closed",
    "aside": "idle connections, not open at the signal",
}
_LANES = {
    "fresh": "on new connections",
    "keep-alive": "on kept connections",
    "idle": "idle connections, until they were closed",
}


def seen(recording: Recording) -> tuple[Seen, ...]:
    """All requests of a recording, in the order of their lanes."""
    asked = [request for several in recording.asked.values() for request in several]
    sent = [r for r in (*recording.requests, *asked) if r.error != "unsent"]
    found = stop(recording)
    if found is None or asked or recording.drill in ("warm-start", "first-requests", "cold-start"):
        return _by_lane(sent)
    classes = classes_of(recording, found)
    lost = {r.marker for tally in (classes.in_flight, classes.before) for r in tally.lost}
    members = placed(sent, found.signal_ns, found.ended_ns)
    return tuple(
        Seen(request, words, _outcome(request, lost))
        for name, words in _CLASSES.items()
        for request in members.get(name, ())
    )


def _by_lane(requests: Iterable[Request]) -> tuple[Seen, ...]:
    found = [Seen(r, _LANES.get(r.lane, r.lane), _outcome(r, set())) for r in requests]
    return tuple(sorted(found, key=lambda one: (one.request.lane, one.request.due_ns)))


def _outcome(request: Request, lost: set[str]) -> Outcome:
    if request.good:
        return Outcome.OK
    if request.marker in lost:
        return Outcome.LOST
    if request.error in ("refused", "unreachable") or (request.status == _UNAVAILABLE and request.complete):
        return Outcome.TURNED
    if request.error == "eof" and request.sent_ns is None and request.lane != "tcp":
        return Outcome.TURNED  # closed before anything was asked
    return Outcome.HUNG if request.error == "timeout" or request.kind == "unanswered" else Outcome.FAILED


def lanes(requests: Sequence[Seen], axis: Axis, most: int = MOST) -> tuple[Lane, ...]:
    """A lane for each class that has requests in the time that the axis shows."""
    within = [one for one in requests if began(one.request) <= axis.end_ns and ended(one, axis) >= axis.begin_ns]
    many = len(within) > most
    return tuple(_lane(name, [one for one in within if one.lane == name], axis, many=many) for name in _names(within))


def _names(requests: Iterable[Seen]) -> Iterator[str]:
    yield from dict.fromkeys(one.lane for one in requests)


def _lane(name: str, requests: Sequence[Seen], axis: Axis, *, many: bool) -> Lane:
    counts = Counter(one.outcome for one in requests)
    # Of a connection on which nothing was asked there is no outcome.
    asked = any(one.request.lane != IDLE for one in requests)
    outcomes = tuple((outcome, counts[outcome]) for outcome in Outcome if counts[outcome] and asked)
    if many:
        return Lane(
            name, len(requests), outcomes, columns=columns([r for r in requests if axis.holds(began(r.request))], axis)
        )
    return Lane(name, len(requests), outcomes, marks=tuple(_marks(requests, axis)))


def columns(requests: Iterable[Seen], axis: Axis, number: int = COLUMNS) -> tuple[Column, ...]:
    """Counts by when requests began; parts without any are left out."""
    counts: dict[int, Counter[Outcome]] = {}
    for one in requests:
        place = min(int(axis.x(began(one.request)) * number / 100), number - 1)
        counts.setdefault(place, Counter())[one.outcome] += 1
    width = 100 / number
    return tuple(
        Column(
            round(place * width, 2), round(width, 2), tuple((o, counts[place][o]) for o in Outcome if counts[place][o])
        )
        for place in sorted(counts)
    )


def _marks(requests: Sequence[Seen], axis: Axis) -> Iterator[Mark]:
    """In rows, so that those that overlap can be told apart; when all rows are taken, in the one that is free first."""
    free: list[float] = []
    for one in sorted(requests, key=lambda one: began(one.request)):
        x, end = axis.x(began(one.request)), axis.x(ended(one, axis))
        row = next((number for number, at in enumerate(free) if at <= x), None)
        if row is None:
            row = len(free) if len(free) < _ROWS else free.index(min(free))
        free[row : row + 1] = [max(end, x) + 1.6]
        yield Mark(one.outcome, x, end, row, told(one, axis))


def began(request: Request) -> int:
    """When it was given to the server, in whole or in half; else when it should have been."""
    known = (request.half_ns, request.sent_ns, request.connected_ns, request.connect_ns)
    # Of a reused connection, connecting was long ago.
    return next((at for at in known[: 2 if request.reused else 4] if at is not None), request.due_ns)


def ended(one: Seen, axis: Axis) -> int:
    """When it was over; one that was not, at the end of the axis."""
    request = one.request
    if request.lane == IDLE:
        return request.closed_ns or request.done_ns or axis.end_ns
    return request.done_ns or request.closed_ns or axis.end_ns


def told(one: Seen, axis: Axis) -> str:
    """`fresh, +0.120 s: 503 after 12 ms (turned away)`."""
    request = one.request
    took = f" after {milliseconds(ended(one, axis) - began(request))}" if request.done_ns else ""
    if request.lane == IDLE:
        return f"idle, {axis.told(began(request))} to {axis.told(ended(one, axis))}"
    word = request.kind if request.kind != "ok" else str(request.status or "open")
    return f"{request.lane}, {axis.told(began(request))}: {word}{took} ({one.outcome})"


def milliseconds(ns: float) -> str:
    """`12 ms`, `1.25 s`."""
    return f"{ns / 1e9:.2f} s" if ns >= 1e9 else f"{ns / 1e6:.0f} ms" if ns >= 1e7 else f"{ns / 1e6:.1f} ms"
