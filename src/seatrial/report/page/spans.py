"""What each container was doing when: running, stopping, down, starting, frozen; bars for a chart. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from seatrial.drill.outage.answers import ASKED, DOWN, READY
from seatrial.drill.stop.ended import SIGKILL, stop
from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seatrial.drill.recording import Recording
    from seatrial.engine.observed import Event
    from seatrial.report.page.axis import Axis

_WIDE = 16  # percent from which on a word has room inside of a bar, also on a telephone


class State(StrEnum):
    """Each has a pattern of its own."""

    UP = "running"
    STOPPING = "stopping"
    DOWN = "down"
    STARTING = "starting"
    FROZEN = "frozen"
    CUT = "cut off"


@dataclass(frozen=True, slots=True)
class Bar:
    """`x` and `width` in percent; `text` is what fits inside, `told` all of it."""

    state: State
    x: float
    width: float
    text: str
    told: str


@dataclass(frozen=True, slots=True)
class Life:
    """One container's bars, under its service's name."""

    service: str
    bars: tuple[Bar, ...]


def lives(recording: Recording, axis: Axis) -> tuple[Life, ...]:
    """Of the service, of the dependency in a drill of an edge, of all in one of the whole stack."""
    ids: dict[str, str] = {}
    for event in recording.events:
        ids.setdefault(event.container_id, event.service)
    if not recording.containers:
        ids = {recording.subject.facts.id: recording.service, **ids}
    if recording.dependency and recording.dependency not in ids.values():
        ids[""] = recording.dependency  # nothing that was done to it is an event: it was frozen, or cut off
    return tuple(Life(name, tuple(_bars(recording, one, axis))) for one, name in ids.items())


def _bars(recording: Recording, container_id: str, axis: Axis) -> Iterator[Bar]:
    changes = sorted(_changes(recording, container_id))
    first = next((state for _, state in changes if state is not State.UP), State.UP)
    begun = State.DOWN if first is State.STARTING else State.UP
    points = [(axis.begin_ns, begun), *changes]
    for (begin, state), (end, _) in zip(points, [*points[1:], (axis.end_ns, State.UP)], strict=True):
        width = axis.width(begin, end)
        if end <= begin or width <= 0:
            continue
        told = f"{state}, {axis.told(begin)} to {axis.told(end)}"
        yield Bar(state, axis.x(begin), width, state if width >= _WIDE else "", told)


def _changes(recording: Recording, container_id: str) -> Iterator[tuple[int, State]]:
    own = [event for event in recording.events if event.container_id == container_id]
    if not container_id:
        yield from _marked(recording)
    yield from ((at, state) for event in own for at, state in _of(event, _exit_ns(recording, event)))
    starts = [event.time_ns for event in own if event.action == "start"]
    for number, at in enumerate(starts):
        until = min((e.time_ns for e in own if e.time_ns > at and e.action in ("kill", "die")), default=None)
        ready = _ready_ns(recording, container_id, at, until, last=number == len(starts) - 1)
        if ready:
            yield ready, State.UP
    if container_id == recording.subject.facts.id:
        for mark in recording.marks:
            if mark.what in ("SIGSTOP to", "SIGCONT"):
                yield mark.at_ns, State.FROZEN if mark.what == "SIGSTOP to" else State.UP


def _marked(recording: Recording) -> Iterator[tuple[int, State]]:
    """What was done to a dependency past the engine."""
    asked = recording.mark(ASKED)
    for mark in recording.marks if asked else ():
        if mark.what == DOWN:
            yield mark.at_ns, State.CUT if asked and asked.detail == State.CUT else State.FROZEN
        if mark.what == READY:
            yield mark.at_ns, State.UP


def _of(event: Event, exit_ns: int | None) -> Iterator[tuple[int, State]]:
    if event.action == "kill" and int(event.attributes.get("signal", 0)) != SIGKILL:
        yield event.time_ns, State.STOPPING
    if event.action in ("die", "destroy"):
        yield exit_ns or event.time_ns, State.DOWN
    if event.action == "start":
        yield event.time_ns, State.STARTING
    if event.action in ("pause", "unpause"):
        yield event.time_ns, State.FROZEN if event.action == "pause" else State.UP


def _exit_ns(recording: Recording, event: Event) -> int | None:
    """The end by containerd's record, where it is that of this `die`."""
    if recording.containers:
        finished = next((c.finished_at for c in recording.containers if c.id == event.container_id), "")
        at = recording.clock.ours(nanoseconds(finished)) if finished else 0
    elif event.container_id == recording.subject.facts.id:
        found = stop(recording)
        at = (found.ended_ns or 0) if found else 0
    else:
        at = 0
    return at if 0 <= event.time_ns - at < 10**9 else None


def _ready_ns(
    recording: Recording, container_id: str, started_ns: int, until_ns: int | None, *, last: bool
) -> int | None:
    """When it was told to be ready: by the engine, by an answer, or by a mark of ours."""
    told = [e.time_ns for e in _healthy(recording.events, container_id)]
    if container_id == recording.subject.facts.id and not recording.containers:
        told += [r.done_ns for r in recording.requests if r.good and r.done_ns and r.due_ns >= started_ns]
        told += [m.at_ns for m in recording.marks if m.what in ("answers again", "steady again")]
    elif last:
        told += [m.at_ns for m in recording.marks if m.what in ("it is ready", "all are steady again")]
    return min((at for at in told if at > started_ns and (until_ns is None or at < until_ns)), default=None)


def _healthy(events: Iterable[Event], container_id: str) -> list[Event]:
    return [e for e in events if e.container_id == container_id and e.action == "health_status: healthy"]
