"""How a start went, read from a recording: when it answered, when its check passed, whether it ended again. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from seatrial.drill.recording import Recording
    from seatrial.drill.traffic.request import Request

# The marks of who records starts.
STARTING, WATCHED, CHECKED = "start", "watched to the end", "its health check passed when we ran it"
# The engine's record of a start and its event are some milliseconds apart; more is another start.
_SAME_NS = 10**9
# A question takes that long; the next one comes 50 ms later.
_FIRST_NS = 45_000_000
_NS = 1e9


@dataclass(frozen=True, slots=True)
class Startup:
    """One start of one container.

    Attributes:
        started_ns: as the engine has it, taken just before the process is made.
        asked_ns: when we could ask for the first time; None when nothing was asked.
        answered_ns: when a request was first answered in whole; None when none was, or nothing was asked.
        healthy_ns: when its check passed; None when it did not, or there is none.
        checked_ns: when its check, run by us, passed; None when it did not, or was not run.
        falls: how often it ended by itself while it was watched.
    """

    started_ns: int
    asked_ns: int | None
    answered_ns: int | None
    healthy_ns: int | None
    falls: int
    checked_ns: int | None = None

    @property
    def own_ns(self) -> int | None:
        """When the service itself was ready, whatever the engine knew of it; None when only the engine tells."""
        return self.answered_ns or self.checked_ns

    @property
    def ready_s(self) -> float | None:
        """Seconds until the service itself was ready: by its answers, else by its check, run by us or the engine."""
        return seconds(self.started_ns, self.own_ns or self.healthy_ns)

    @property
    def at_once(self) -> bool:
        """Whether the first question was answered: it was ready before, and how long nobody knows."""
        first, answered = self.asked_ns, self.answered_ns
        return first is not None and answered is not None and answered - first < _FIRST_NS

    @property
    def healthy_s(self) -> float | None:
        return seconds(self.started_ns, self.healthy_ns)

    @property
    def lost_s(self) -> float:
        """Seconds in which it answered and the engine did not know of it."""
        return max((self.healthy_s or 0) - (self.ready_s or 0), 0) if self.own_ns and self.healthy_ns else 0.0


def startup(recording: Recording) -> Startup | None:
    """None when it was not started."""
    begun = recording.mark(STARTING)
    if begun is None:
        return None
    watched = recording.mark(WATCHED)
    own = [
        event
        for event in recording.events
        if event.container_id == recording.subject.facts.id
        and begun.at_ns <= event.time_ns
        and (watched is None or event.time_ns <= watched.at_ns)
    ]
    first = next((event for event in own if event.action == "start"), None)
    if first is None:
        return None
    started = _recorded(recording, first.time_ns)
    asked = sorted((r for r in recording.requests if r.due_ns >= begun.at_ns), key=lambda request: request.due_ns)
    good = [request.done_ns for request in asked if request.good and request.done_ns]
    healthy = (event.time_ns for event in own if event.action == "health_status: healthy")
    return Startup(
        started_ns=started,
        asked_ns=asked[0].due_ns if asked else None,
        answered_ns=min(good, default=None),
        healthy_ns=next(healthy, None),
        checked_ns=next((m.at_ns for m in recording.marks if m.what == CHECKED and m.at_ns >= started), None),
        falls=sum(event.action == "die" and event.time_ns > first.time_ns for event in own),
    )


def first_served(recording: Recording, since_ns: int) -> tuple[Request, ...]:
    """The requests that were due from then on. The load is short; on a busy machine it begins late."""
    return tuple(r for r in recording.requests if since_ns <= r.due_ns and r.error != "unsent")


def seconds(begin_ns: int | None, end_ns: int | None) -> float | None:
    """None when one of them did not happen."""
    return None if begin_ns is None or end_ns is None else max(end_ns - begin_ns, 0) / _NS


def _recorded(recording: Recording, event_ns: int) -> int:
    """`StartedAt`, where it is of this start."""
    told = nanoseconds(recording.after.started_at) if recording.after else 0
    ours = recording.clock.ours(told) if told else 0
    return ours if abs(ours - event_ns) < _SAME_NS else event_ns
