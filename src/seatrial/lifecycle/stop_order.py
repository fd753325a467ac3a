"""When may a service be stopped? The moment all that need it are gone, whatever others wait for. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from seatrial.engine.observed import Container
    from seatrial.stack import Stack

# A paused one is resumed by the engine to be stopped; one in the pause between two restarts is not started again.
LIVE = frozenset({"running", "restarting", "paused"})


@dataclass(frozen=True, slots=True)
class Turn:
    """The stop of one service.

    Attributes:
        containers: those of it that are live, one-off ones too where they are meant.
        after: the services that must be gone first: of those that are stopped, all that need it, however indirectly.
        by_compose: whether something has to be done for it that only Compose does.
    """

    service: str
    containers: tuple[Container, ...]
    after: frozenset[str] = frozenset()
    by_compose: bool = False


def turns(stack: Stack, containers: Iterable[Container]) -> tuple[Turn, ...]:
    """One for each service of those `containers` that are live; one that the model does not know is needed by nobody.

    Edges that stand in no `depends_on` (`network_mode: service:`, `volumes_from`, `links`, `ipc`, `pid`) are
    in the model as Compose resolves it.
    """
    live: dict[str, list[Container]] = {}
    for container in containers:
        if container.state in LIVE:
            live.setdefault(container.service, []).append(container)
    dependents = _dependents(stack)
    hooked = {service.name for service in stack.services if service.pre_stop}
    return tuple(
        Turn(name, tuple(own), _reached(dependents, name) & live.keys() - {name}, name in hooked)
        for name, own in live.items()
    )


def due(turns: Sequence[Turn], begun: AbstractSet[str], gone: AbstractSet[str]) -> tuple[Turn, ...]:
    """The turns that can begin now; both sets hold names of services."""
    waiting = tuple(turn for turn in turns if turn.service not in begun)
    free = tuple(turn for turn in waiting if turn.after <= gone)
    # Labels of containers of different age can form a circle: then somebody has to be the first.
    return free or (waiting[:1] if begun <= gone else ())


def with_orphans(stack: Stack, by_labels: Iterable[Stack]) -> Stack:
    """The model, and what it does not know of those containers that run: their labels tell what they need."""
    known = set(stack.names)
    orphans = [service for other in by_labels for service in other.services if service.name not in known]
    return replace(stack, services=(*stack.services, *orphans)) if orphans else stack


def _dependents(stack: Stack) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for service in stack.services:
        for edge in service.depends_on:
            found.setdefault(edge.service, []).append(service.name)
    return found


def _reached(edges: Mapping[str, Sequence[str]], name: str) -> frozenset[str]:
    reached: set[str] = set()
    ahead = [name]
    while ahead:
        fresh = set(edges.get(ahead.pop(), ())) - reached
        reached |= fresh
        ahead += fresh
    return frozenset(reached)
