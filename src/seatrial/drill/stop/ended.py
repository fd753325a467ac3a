"""How a container ended, read from a recording: what was sent, what it took, and what killed it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.engine.inside import signals
from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from seatrial.drill.recording import Recording

SENT, SIGNALLED = "stop sent", "signalled"
GIVEN_UP = "it did not end; stopped through the engine"
SIGKILL, _SIGTERM = 9, 15
_NS = 1e9


@dataclass(frozen=True, slots=True)
class Stop:
    """One end of one container.

    Attributes:
        sent_ns: when the engine was asked, or the signal sent straight to the process.
        signal_ns: when the signal arrived, as near as it is known.
        signal: its number; 0 when none is known to have arrived.
        killed_ns: when the engine sent SIGKILL because the grace was over; None when it did not.
        ended_ns: when PID 1 ended; None when it has not.
        grace_s: that was in force.
    """

    sent_ns: int
    signal_ns: int
    signal: int
    killed_ns: int | None
    ended_ns: int | None
    exit_code: int | None
    out_of_memory: bool
    grace_s: int

    @property
    def used_s(self) -> float | None:
        """Seconds from the signal to the end of PID 1."""
        return None if self.ended_ns is None else max(self.ended_ns - self.signal_ns, 0) / _NS

    @property
    def killed(self) -> bool:
        return self.killed_ns is not None


def stop(recording: Recording) -> Stop | None:
    """None when nothing was sent."""
    sent = recording.mark(SENT)
    if sent is None:
        return None
    own = [
        event for event in recording.events if event.time_ns >= sent.at_ns and _concerns(event.container_id, recording)
    ]
    kills = [event for event in own if event.action == "kill"]
    direct = recording.mark(SIGNALLED)
    gentle = [event for event in kills if int(event.attributes.get("signal", 0)) != SIGKILL]
    hard = next((event for event in kills if int(event.attributes.get("signal", 0)) == SIGKILL), None)
    died = next((event for event in own if event.action == "die"), None)
    first = min([e.time_ns for e in gentle] + ([direct.at_ns] if direct else []), default=sent.at_ns)
    number = (
        int(gentle[0].attributes["signal"])
        if gentle
        else number_of(recording.subject.facts.stop_signal)
        if direct
        else 0
    )
    return Stop(
        sent_ns=sent.at_ns,
        signal_ns=first,
        signal=number,
        killed_ns=hard.time_ns if hard else None,
        ended_ns=_ended(recording, sent.at_ns, died.time_ns if died else None),
        exit_code=int(died.attributes["exitCode"]) if died and "exitCode" in died.attributes else None,
        out_of_memory=any(event.action == "oom" for event in own),
        grace_s=recording.subject.grace_s,
    )


def number_of(name: str) -> int:
    """`SIGTERM`, `TERM`, `15`, `SIGRTMAX-2`, as compose files write it; 15 for what is unknown."""
    try:
        return signals.number(name)
    except ValueError:
        return _SIGTERM


def name_of(number: int) -> str:
    """`SIGTERM` for 15."""
    return signals.name(number)


def _concerns(container_id: str, recording: Recording) -> bool:
    return container_id == recording.subject.facts.id


def _ended(recording: Recording, sent_ns: int, died_ns: int | None) -> int | None:
    """`FinishedAt` is containerd's; the `die` event comes 100 ms and more later, and stands in only when it must."""
    if recording.ended:
        finished = nanoseconds(recording.ended.finished_at)
        ours = recording.clock.ours(finished)
        if finished and ours >= sent_ns - recording.clock.error_ns:
            return ours
    return died_ns
