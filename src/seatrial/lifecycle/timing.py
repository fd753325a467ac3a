"""When was each service made, started and ready? By the engine's own events, not by when we looked. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.engine.stamps import nanoseconds
from seatrial.lifecycle.readiness import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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
    heard = False  # by an event the engine's clock is known
    for event in events:
        heard = True
        if event.service in moments:
            moments[event.service][event.action] = _after(event.time_ns, began_ns)
    early = {container_id: _after(at_ns, began_ns) for (container_id, _), at_ns in passed.items()}
    for verdict in verdicts:
        # A look may see what has happened before the event about it comes in.
        if heard and verdict.container:
            for action, at_ns in _stamped(verdict.container, began_ns):
                moments[verdict.service].setdefault(action, _after(at_ns, began_ns))
    return {v.service: _times(v, moments[v.service], early) for v in verdicts if moments[v.service]}


def _stamped(container: Container, began_ns: int) -> Iterator[tuple[str, int]]:
    """What a container that was started since the beginning says itself of when it was, ended and passed its check."""
    started_ns = nanoseconds(container.started_at) if container.started_at else 0
    if started_ns < began_ns:
        return
    yield "start", started_ns
    if container.state == "exited" and container.finished_at:
        yield "die", nanoseconds(container.finished_at)
    health = container.health
    passed = [p.end for p in health.probes if p.exit_code == 0 and p.end] if health else []
    if health and health.status == "healthy" and passed:
        yield HEALTHY, min(map(nanoseconds, passed))


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
