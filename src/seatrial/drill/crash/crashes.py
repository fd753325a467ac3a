"""How crashes went and what followed, read from a recording. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.drill.recording import Recording
    from seatrial.engine.observed import Event, LogLine

# The marks of who records crashes.
CRASHED, BACK, PUTTING_BACK = "crash:", "steady again", "putting back"
_NS = 1e9
# moby restartmanager: 0.1 s, doubled each time, at most a minute; from the start again after a run of 10 s.
_FIRST_GAP_S, _LONGEST_GAP_S = 0.1, 60.0


@dataclass(frozen=True, slots=True)
class Crash:
    """One end that we caused, and what came of it until the next one, or until the service was steady.

    Attributes:
        died_ns: of the `die` event; None when PID 1 did not end.
        signalled: a `kill` event came with it: somebody else used the engine, and a policy is not what was tried.
        started_ns: when the engine had started it again; None when it did not.
        falls: how often it ended again by itself.
        answered_ns: when a request was first answered in whole; None when it was not, or nothing was asked.
        healthy_ns: when its check passed; None when it did not, or it has none.
        back_ns: when it was steady and answered; None when that was not seen.
    """

    sent_ns: int
    died_ns: int | None
    exit_code: int | None
    signalled: bool
    started_ns: int | None
    falls: int
    answered_ns: int | None
    healthy_ns: int | None
    back_ns: int | None

    @property
    def gap_s(self) -> float | None:
        """Seconds from `die` to `start`: the engine's wait and what it takes itself."""
        return seconds(self.died_ns, self.started_ns)

    @property
    def ready_s(self) -> float | None:
        """Seconds from the start until the service itself was ready: by its answers, else by its check."""
        return seconds(self.started_ns, self.answered_ns or self.healthy_ns or self.back_ns)


def crashes(recording: Recording) -> tuple[Crash, ...]:
    """Every crash of the recording, in their order."""
    marks = [mark for mark in recording.marks if mark.what == CRASHED]
    if not marks:
        return ()
    ends = [mark.at_ns for mark in marks[1:]]
    back = recording.mark(BACK)
    # What is done to put things back is no part of it.
    over = recording.mark(PUTTING_BACK)
    last = back.at_ns if back else over.at_ns if over else _over(recording)
    return tuple(_crash(recording, mark.at_ns, end) for mark, end in zip(marks, [*ends, last], strict=True))


def longest_gap_s(restarts: int) -> float:
    """The longest wait of the engine before the restart that its counter counts as number `restarts`."""
    return min(_FIRST_GAP_S * 2.0 ** min(max(restarts - 1, 0), 20), _LONGEST_GAP_S)


def said_since(recording: Recording, at_ns: int) -> tuple[LogLine, ...]:
    """What the service logged from then on."""
    since = recording.clock.engines(at_ns)
    return tuple(line for line in recording.logs if nanoseconds(line.time) >= since)


def seconds(begin_ns: int | None, end_ns: int | None) -> float | None:
    """None when one of them did not happen."""
    return None if begin_ns is None or end_ns is None else max(end_ns - begin_ns, 0) / _NS


def _over(recording: Recording) -> int:
    """When the recording ends: later than everything in it."""
    times = [event.time_ns for event in recording.events] + [mark.at_ns for mark in recording.marks]
    return max(times, default=0) + 1


def _crash(recording: Recording, sent_ns: int, end_ns: int) -> Crash:
    own = [e for e in _own(recording) if sent_ns <= e.time_ns < end_ns]
    died = next((e for e in own if e.action == "die"), None)
    later = [e for e in own if died and e.time_ns > died.time_ns]
    started = next((e for e in later if e.action == "start"), None)
    falls = [e for e in later if e.action == "die"]
    healthy = [e.time_ns for e in later if e.action == "health_status: healthy"]
    answers = [
        request.done_ns
        for request in recording.requests
        if request.good and request.done_ns and request.done_ns < end_ns and _ran(later, request.done_ns)
    ]
    back = recording.mark(BACK)
    return Crash(
        sent_ns=sent_ns,
        died_ns=died.time_ns if died else None,
        exit_code=int(died.attributes["exitCode"]) if died and "exitCode" in died.attributes else None,
        signalled=any(e.action == "kill" and (died is None or e.time_ns <= died.time_ns) for e in own),
        started_ns=started.time_ns if started else None,
        falls=len(falls),
        answered_ns=min(answers, default=None),
        healthy_ns=healthy[0] if healthy else None,
        back_ns=back.at_ns if back and back.at_ns == end_ns else None,
    )


def _ran(events: Sequence[Event], at_ns: int) -> bool:
    """Whether it was started and had not ended again by then: whoever else answers has only got its address."""
    done = [e.action for e in sorted(events, key=lambda e: e.time_ns) if e.time_ns <= at_ns]
    return next((action == "start" for action in reversed(done) if action in ("start", "die")), False)


def _own(recording: Recording) -> Iterator[Event]:
    return (event for event in recording.events if event.container_id == recording.subject.facts.id)
