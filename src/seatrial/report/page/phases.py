"""What a recording has before, during and after: when the drill acted, and when that was over. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from seatrial.drill.outage.answers import ASKED, READY
from seatrial.drill.stop.ended import SENT, stop

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.drill.recording import Recording
    from seatrial.engine.observed import Event

_SECOND = 10**9


@dataclass(frozen=True, slots=True)
class Phases:
    """Moments in nanoseconds by our clock.

    Attributes:
        act_ns: the zero of every chart.
        back_ns: the end of what was done; None when it never came.
        names: of the three phases.
        zero: what the zero is, in words.
    """

    act_ns: int
    back_ns: int | None
    names: tuple[str, str, str]
    zero: str

    def of(self, at_ns: int) -> int:
        """The number of the phase that a moment lies in."""
        return 0 if at_ns < self.act_ns else 1 if self.back_ns is None or at_ns < self.back_ns else 2


class _Kind(NamedTuple):
    """How drills with a mark called `act` go on: until a mark called `back`, which may be a beginning of its name."""

    act: str
    back: str
    names: tuple[str, str, str]
    zero: str


_KINDS = (
    _Kind("crash:", "answers again", ("before the crash", "while it was down", "back again"), "the crash"),
    _Kind("SIGSTOP to", "SIGCONT", ("before the hang", "while it hung", "after it"), "the hang"),
    _Kind(
        ASKED,
        READY,
        ("before the outage", "during the outage", "after it"),
        "the order to take the dependency away",
    ),
)
_STARTED = ("before its start", "until it was ready", "ready")


def phases(recording: Recording) -> Phases | None:
    """None when the drill did nothing."""
    for kind in _KINDS:
        mark = recording.mark(kind.act)
        if mark:
            return Phases(mark.at_ns, _mark_ns(recording, kind.back), kind.names, kind.zero)
    if recording.drill in ("warm-start", "first-requests", "cold-start"):
        started = _first(e.time_ns for e in _own(recording) if e.action == "start")
        if started:
            return Phases(started, _ready_ns(recording, started), _STARTED, "its start")
    if recording.containers and (sent := recording.mark(SENT)):
        back = _mark_ns(recording, "all are steady again")
        return Phases(sent.at_ns, back, ("before the stop", "until all are back", "after it"), "the order to stop")
    ended = stop(recording)
    if ended:
        names = ("before the signal", "while it stopped", "after its end")
        return Phases(ended.signal_ns, ended.ended_ns, names, "the signal")
    return None


def window(recording: Recording) -> tuple[int, int]:
    """From the first to the last that was recorded; `(0, 0)` for nothing."""
    moments = [mark.at_ns for mark in recording.marks] + [event.time_ns for event in recording.events]
    for request in (*recording.requests, *(one for several in recording.asked.values() for one in several)):
        moments.append(request.due_ns)
        if request.done_ns and request.lane != "idle":
            moments.append(request.done_ns)
    return (min(moments), max(moments)) if moments else (0, 0)


def near(found: Phases, begin_ns: int, end_ns: int) -> tuple[int, int]:
    """The part in which it was decided: from shortly before the act to shortly after its end."""
    back = found.back_ns or end_ns
    lasted = max(back - found.act_ns, _SECOND // 5)
    return max(begin_ns, found.act_ns - min(lasted // 2, _SECOND)), min(end_ns, back + max(lasted // 2, _SECOND // 2))


def _own(recording: Recording) -> list[Event]:
    return [event for event in recording.events if event.container_id == recording.subject.facts.id]


def _ready_ns(recording: Recording, started_ns: int) -> int | None:
    """The first answer after the start, or the engine's word for it."""
    answered = [r.done_ns for r in recording.requests if r.good and r.done_ns and r.due_ns >= started_ns]
    healthy = [
        event.time_ns
        for event in _own(recording)
        if event.action == "health_status: healthy" and event.time_ns >= started_ns
    ]
    return _first([*answered, *healthy])


def _mark_ns(recording: Recording, what: str) -> int | None:
    return _first(mark.at_ns for mark in recording.marks if mark.what.startswith(what))


def _first(moments: Iterable[int]) -> int | None:
    return min(moments, default=None)
