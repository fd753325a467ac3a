"""When was each service made, started and ready? By the engine's own events, not by when we looked. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.engine.stamps import nanoseconds
from seatrial.lifecycle.readiness import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from seatrial.engine.observed import Container, Event
    from seatrial.lifecycle.readiness import Verdict

HEALTHY = "health_status: healthy"


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from the beginning, of several containers the last; None when it was so before, or is not so yet.

    Attributes:
        ready: healthy or its check passed where there is a check, ended for a one-shot, else started.
        healthy: when the engine said so, which may be long after its check would have passed.
    """

    created: float | None = None
    started: float | None = None
    ready: float | None = None
    healthy: float | None = None


def times(
    events: Iterable[Event], verdicts: Sequence[Verdict], passed: Mapping[tuple[str, str], int], began_ns: int
) -> dict[str, Times]:
    """By service; absent when nothing happened to it.

    Args:
        events: since the beginning, oldest first.
        verdicts: of the services that count.
        passed: by id and start of a container, when its check passed by our own run of it, ns since the epoch.
        began_ns: since the epoch.
    """
    moments: dict[str, dict[str, float]] = {verdict.service: {} for verdict in verdicts}
    for event in events:
        if event.service in moments:
            moments[event.service][event.action] = _after(event.time_ns, began_ns)
    early = {container_id: _after(at_ns, began_ns) for (container_id, _), at_ns in passed.items()}
    for verdict in verdicts:
        found = moments[verdict.service]
        # A look may see it before the event about it comes in.
        if "start" in found and HEALTHY not in found and (passed_ns := _passed_ns(verdict.container)):
            found[HEALTHY] = _after(passed_ns, began_ns)
    return {v.service: _times(v, moments[v.service], early) for v in verdicts if moments[v.service]}


def _passed_ns(container: Container | None) -> int:
    """When the engine's own check passed first, as far as it remembers; 0 where it has not."""
    health = container.health if container else None
    probes = health.probes if health and health.status == "healthy" else ()
    return min((nanoseconds(probe.end) for probe in probes if probe.exit_code == 0 and probe.end), default=0)


def _times(verdict: Verdict, moments: Mapping[str, float], early: Mapping[str, float]) -> Times:
    healthy = moments.get(HEALTHY)
    ready = None
    if verdict.standing is Standing.DONE:
        ready = moments.get("die")
    elif verdict.standing is Standing.READY and verdict.container and verdict.container.health:
        known = [at for at in (early.get(verdict.container.id), healthy) if at is not None]
        ready = min(known, default=None)
    elif verdict.standing is Standing.READY:
        ready = moments.get("start")
    return Times(moments.get("create"), moments.get("start"), ready, healthy)


def _after(at_ns: int, began_ns: int) -> float:
    return max((at_ns - began_ns) / 1e9, 0.0)
