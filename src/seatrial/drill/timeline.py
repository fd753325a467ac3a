"""A recording told in lines, relative to the moment when the drill acted. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.stop.ended import name_of

if TYPE_CHECKING:
    from seatrial.drill.recording import Recording
    from seatrial.engine.observed import Event

_NS = 1e9
_MOST = 12


def moments(recording: Recording) -> tuple[tuple[int, str], ...]:
    """All that was done or noticed, in words, oldest first: marks of ours and the events that tell something."""
    told = [(mark.at_ns, f"{mark.what} {mark.detail}".rstrip()) for mark in recording.marks]
    told += [(event.time_ns, _words(event, recording)) for event in recording.events]
    return tuple(sorted(line for line in told if line[1]))


def timeline(recording: Recording, zero_ns: int, *, until_ns: int | None = None) -> tuple[str, ...]:
    """Marks and events from `zero_ns` on, at most twelve: `+10.032 s  SIGKILL from the engine`."""
    chosen = [at for at in moments(recording) if at[0] >= zero_ns and (until_ns is None or at[0] <= until_ns)]
    return tuple(f"{(at - zero_ns) / _NS:+.3f} s  {text}" for at, text in chosen[:_MOST])


def _words(event: Event, recording: Recording) -> str:
    whose = "" if event.container_id == recording.subject.facts.id else f"{event.service}: "
    kind = event.action.partition(":")[0]
    words = {
        "kill": f"{name_of(int(event.attributes.get('signal', 0)))} from the engine",
        "die": f"exit {event.attributes.get('exitCode', '?')}",
        "oom": "out of memory",
        "start": "started",
        "pause": "paused",
        "unpause": "resumed",
        "destroy": "removed",
        "health_status": event.action.partition(": ")[2],
    }
    return whose + words[kind] if kind in words else ""
