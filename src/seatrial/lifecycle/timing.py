"""When was each service made, started and ready? By the engine's own events, not by when we looked. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seatrial.engine.stamps import nanoseconds
from seatrial.lifecycle.readiness import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from seatrial.engine.observed import Container, Event
    from seatrial.lifecycle.readiness import Verdict
    from seatrial.lifecycle.stopped import Stopped

HEALTHY = "health_status: healthy"


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from the beginning, of several containers the last; None when it was so before, or is not so yet.

    Attributes:
        ready: healthy or its check passed where there is a check, ended for a one-shot, else started.
        healthy: when the engine said so, which may be long after its check would have passed.
        stopping: how long it took to end what ran before: not a moment; None when nothing was ended.
    """

    created: float | None = None
    started: float | None = None
    ready: float | None = None
    healthy: float | None = None
    stopping: float | None = None

    @property
    def time_to_ready(self) -> float | None:
        """Return the seconds until it was ready, without the time that its old containers took to stop."""
        return None if self.ready is None else max(self.ready - (self.stopping or 0.0), 0.0)


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
    events = tuple(events)
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
    found = {v.service: _times(v, moments[v.service], early) for v in verdicts if moments[v.service]}
    replaced = _replaced(events, verdicts)
    return {name: replace(one, stopping=replaced.get(name)) for name, one in found.items()}


def with_stops(found: Mapping[str, Times], stops: Iterable[Stopped]) -> dict[str, Times]:
    """The same with what the `stops` before took, of several containers the longest."""
    longest: dict[str, float] = {}
    for stop in stops:
        if stop.used_s is not None:
            longest[stop.service] = max(stop.used_s, longest.get(stop.service, 0.0))
    return {name: replace(one, stopping=longest.get(name)) for name, one in found.items()}


def _replaced(events: Iterable[Event], verdicts: Iterable[Verdict]) -> dict[str, float]:
    """By service, seconds from the signal to the end of a container in whose place there is another one now."""
    now = {verdict.service: verdict.container.id for verdict in verdicts if verdict.container}
    signalled: dict[str, int] = {}
    took: dict[str, float] = {}
    for event in events:
        if now.get(event.service, event.container_id) == event.container_id:
            continue
        if event.action == "kill":
            signalled.setdefault(event.container_id, event.time_ns)
        elif event.action == "die" and event.container_id in signalled:
            used_s = (event.time_ns - signalled[event.container_id]) / 1e9
            took[event.service] = max(used_s, took.get(event.service, 0.0))
    return took


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
