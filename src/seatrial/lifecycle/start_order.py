"""When may a service be started? The moment its own conditions hold, whatever others wait for. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatrial.lifecycle.readiness import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from seatrial.engine.observed import Container
    from seatrial.lifecycle.readiness import Verdict
    from seatrial.stack import Dependency, Service, Stack

_CONDITIONS = {
    "service_healthy": "to be healthy",
    "service_completed_successfully": "to end with 0",
}


@dataclass(frozen=True, slots=True)
class Standings:
    """Where the services of a start stand.

    Attributes:
        verdicts: by service.
        pending: by service, its containers that have yet to be started.
        incomplete: services of which not all containers are made, or whose hooks still run.
    """

    verdicts: Mapping[str, Verdict]
    pending: Mapping[str, Sequence[Container]] = field(default_factory=dict)
    incomplete: frozenset[str] = frozenset()


def startable(stack: Stack, names: Sequence[str], standings: Standings) -> tuple[Container, ...]:
    """The containers of `names` whose time has come."""
    free = (name for name in names if standings.pending.get(name) and not unmet(stack, name, standings))
    return tuple(container for name in free for container in standings.pending[name])


def unmet(stack: Stack, name: str, standings: Standings) -> tuple[Dependency, ...]:
    """The dependencies that a service still waits for."""
    edges = stack.service(name).depends_on
    return tuple(edge for edge in edges if edge.service in standings.verdicts and not _met(stack, edge, standings))


def needed(stack: Stack, standings: Standings) -> frozenset[str]:
    """The services that others wait for before they can be started."""
    return frozenset(edge.service for service in _still_to_start(stack, standings) for edge in service.depends_on)


def waits_for(edges: Sequence[Dependency]) -> str:
    """The same in words."""
    words = (f"{edge.service} {_CONDITIONS.get(edge.condition, 'to be started')}" for edge in edges)
    return f"waits for {' and '.join(words)}"


def held(stack: Stack, standings: Standings) -> frozenset[str]:
    """The services that can never be started, because one that they require has failed."""
    lost = {name for name, verdict in standings.verdicts.items() if verdict.standing is Standing.FAILED}
    stuck: set[str] = set()
    for _ in stack.services:
        stuck |= {service.name for service in _still_to_start(stack, standings) if _needs(service, lost | stuck)}
    return frozenset(stuck)


def unchecked(stack: Stack, name: str, standings: Standings) -> str:
    """A required dependency that runs and can never be healthy, because it has no check: its name; "" without one."""
    for edge in stack.service(name).depends_on:
        if edge.required and edge.condition == "service_healthy" and _runs_unchecked(edge, standings):
            return edge.service
    return ""


def _runs_unchecked(edge: Dependency, standings: Standings) -> bool:
    verdict = standings.verdicts.get(edge.service)
    other = verdict.container if verdict else None
    return other is not None and other.state == "running" and other.health is None


def _still_to_start(stack: Stack, standings: Standings) -> Iterator[Service]:
    yield from (service for service in stack.services if standings.pending.get(service.name))


def _needs(service: Service, lost: set[str]) -> bool:
    return any(edge.required and edge.service in lost for edge in service.depends_on)


def _met(stack: Stack, edge: Dependency, standings: Standings) -> bool:
    if stack.service(edge.service).replicas == 0:
        return True
    verdict = standings.verdicts[edge.service]
    if verdict.standing is Standing.FAILED:
        return not edge.required
    if standings.pending.get(edge.service) or edge.service in standings.incomplete:
        return not edge.required and edge.service in held(stack, standings)
    match edge.condition:
        case "service_healthy":
            if _runs_unchecked(edge, standings):
                return not edge.required
            return verdict.standing is Standing.READY
        case "service_completed_successfully":
            return verdict.standing is Standing.DONE
        case _:
            return True
