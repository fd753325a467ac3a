"""When did each service become ready? From the engine's own events, not from when we happened to look. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.lifecycle.readiness import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from seatrial.engine.observed import Event
    from seatrial.lifecycle.readiness import Verdict

HEALTHY = "health_status: healthy"


def ready_after(events: Iterable[Event], verdicts: Sequence[Verdict], began_ns: int) -> Mapping[str, float]:
    """By service, seconds from `began_ns` (since the epoch) until it was ready; absent when it was so before.

    Ready is: healthy where there is a check, ended for a one-shot, else started. Of several containers the last counts.
    """
    decisive = {v.service: _decisive(v) for v in verdicts if v.standing in (Standing.READY, Standing.DONE)}
    seconds: dict[str, float] = {}
    for event in events:
        if decisive.get(event.service) == event.action:
            seconds[event.service] = max((event.time_ns - began_ns) / 1e9, 0.0)
    return seconds


def _decisive(verdict: Verdict) -> str:
    if verdict.standing is Standing.DONE:
        return "die"
    return HEALTHY if verdict.container and verdict.container.health else "start"
