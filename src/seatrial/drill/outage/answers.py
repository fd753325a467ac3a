"""An outage of a dependency, read from a recording: what the dependent answered before, during and after it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seatrial.drill.recording import Recording
    from seatrial.drill.traffic.request import Request

# Marks. A detail is given as {what it tells}.
ASKED = "its dependency is to be"  # {stopped, killed, frozen, cut off}
DOWN, UP, READY = "that is done", "it is brought back", "it is ready"
MOVED = "its address has changed"  # {old -> new}
TAKEN = "its old address went to"  # {names of containers that are not ours}
STILL = "sockets to its old address:"  # {number of each state}
NEEDS = "a route that does not answer well without it:"  # {path}
LOST = "a route that does not answer well after its return:"  # {path and status}
REPAIRED = "that route answers again after:"  # {what}
CONNECTED = "connections to it after its return:"  # {number of each state}; of a dependent without a route to ask
OVER = "looked on long enough"
HOME = "it is back at its old address"
AGAIN = "the dependent was restarted"
ANSWERS = "good answers after:"  # {what}, by experiment
SILENT = "no good answers after:"  # {what}

FAST_NS = 5_000_000_000
RECOVERY_NS = 10_000_000_000
# So many good answers in a row, and it is as before.
IN_A_ROW = 4
_GUARD_NS = 20_000_000
_NS = 1e9


@dataclass(frozen=True, slots=True)
class Outage:
    """One outage.

    Attributes:
        down_ns, up_ns, ready_ns: when it began, when its end was begun, and when the dependency was there again.
        before, during, after: the dependent's requests by when they were due; what is between is left out.
        hung: of those during it, the ones that nobody should have to wait for.
        recovered_ns: when the dependent began to answer as before; None when it did not in time.
    """

    down_ns: int
    up_ns: int
    ready_ns: int
    before: tuple[Request, ...]
    during: tuple[Request, ...]
    after: tuple[Request, ...]
    hung: tuple[Request, ...]
    recovered_ns: int | None

    @property
    def seconds(self) -> float:
        return (self.up_ns - self.down_ns) / _NS

    @property
    def failed(self) -> tuple[Request, ...]:
        """Requests during it that were answered otherwise than before."""
        return tuple(request for request in self.during if not request.good)

    @property
    def without(self) -> bool:
        """Whether it answered as before at the end of the outage, without the dependency."""
        last = sorted(self.during, key=lambda request: request.due_ns)[-IN_A_ROW:]
        return len(last) == IN_A_ROW and all(request.good for request in last)

    @property
    def slowest_s(self) -> float:
        """The longest that a request during it took."""
        return max((taken_ns(request) for request in self.during), default=0) / _NS

    @property
    def recovery_s(self) -> float | None:
        """From the dependency's return to the first answer as before."""
        return None if self.recovered_ns is None else max(self.recovered_ns - self.ready_ns, 0) / _NS


def outage(recording: Recording) -> Outage | None:
    """None when there was none."""
    down, up, ready = (recording.mark(what) for what in (DOWN, UP, READY))
    if not down or not up or not ready:
        return None
    asked = recording.mark(ASKED) or down
    sent = [request for request in recording.requests if request.error != "unsent" and request.lane != "idle"]
    during = tuple(r for r in sent if down.at_ns + _GUARD_NS <= r.due_ns < up.at_ns)
    return Outage(
        down_ns=down.at_ns,
        up_ns=up.at_ns,
        ready_ns=ready.at_ns,
        before=tuple(r for r in sent if r.done_ns is not None and r.done_ns < asked.at_ns),
        during=during,
        after=tuple(r for r in sent if r.due_ns >= ready.at_ns),
        hung=tuple(r for r in during if taken_ns(r) >= FAST_NS - _GUARD_NS),
        recovered_ns=recovered(sent, ready.at_ns),
    )


def recovered(requests: Iterable[Request], since_ns: int, limit_ns: int = RECOVERY_NS) -> int | None:
    """When the first of several good answers in a row came, to requests that were due from `since_ns` on."""
    row: list[Request] = []
    for request in sorted(requests, key=lambda request: request.due_ns):
        if request.due_ns < since_ns or request.error == "unsent" or request.lane == "idle":
            continue
        row = [*row, request] if request.good else []
        if len(row) == IN_A_ROW:
            done = row[0].done_ns or row[0].due_ns
            return done if done <= since_ns + limit_ns else None
    return None


def taken_ns(request: Request) -> int:
    """How long somebody waited for it; 0 while that is not known."""
    began = request.sent_ns if request.reused else request.connect_ns
    return max(request.done_ns - (began or request.due_ns), 0) if request.done_ns else 0


def strip(found: Outage) -> str:
    """`good answers: before 12/12, during 0/9, after 40/48`."""

    def told(name: str, requests: Sequence[Request]) -> str:
        return f"{name} {sum(request.good for request in requests)}/{len(requests)}"

    parts = (told("before", found.before), told("during", found.during), told("after", found.after))
    return f"good answers: {', '.join(parts)}"
