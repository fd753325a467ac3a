"""What a run of drills would do, in its order. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.drill import Scope
from seatrial.drill.live.scene import Place
from seatrial.drill.run import branches
from seatrial.drill.unwanted import unwanted
from seatrial.lifecycle.plan import Plan, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from seatrial.drill.drill import Drill
    from seatrial.drill.service.extension.declared import Declared
    from seatrial.stack import Stack


def planned(
    stack: Stack, services: Sequence[str], drills: Sequence[Drill], declared: Declared, ended: Mapping[str, str]
) -> Plan:
    """A step for each drill of each place: `look`, `act` or `skip`; `ended` is from `one_shots`."""
    places = _ordered(stack, services, drills)
    return Plan(tuple(_step(stack, drill, place, declared, ended) for drill, place in places))


def _ordered(stack: Stack, services: Sequence[str], drills: Sequence[Drill]) -> Iterator[tuple[Drill, Place]]:
    acting = [drill for drill in drills if drill.acts]
    yield from ((drill, Place(name)) for name in services for drill in drills if not drill.acts)
    for scope in (Scope.SERVICE, Scope.EDGE):
        for name in (name for branch in branches(stack, services) for name in branch):
            for drill in (drill for drill in acting if drill.scope is scope):
                yield from ((drill, place) for place in _places(stack, name, scope))
    if services and set(services) == set(stack.names):
        yield from ((drill, Place()) for drill in acting if drill.scope is Scope.STACK)


def _places(stack: Stack, name: str, scope: Scope) -> tuple[Place, ...]:
    if scope is Scope.SERVICE:
        return (Place(name),)
    return tuple(Place(name, e.service) for e in stack.service(name).depends_on if e.service in stack.names)


def _step(stack: Stack, drill: Drill, place: Place, declared: Declared, ended: Mapping[str, str]) -> Step:
    said = declared.of(place.service)
    subject = f"{place}: {drill.name}" if place.service else drill.name
    if drill.name in said.skip:
        return Step("skip", subject, said.skip[drill.name])
    if reason := unwanted(stack, place, ended):
        return Step("skip", subject, reason)
    gap = next((g for g in said.known if (g.drill, g.dependency) == (drill.name, place.dependency)), None)
    known = f"; known: {gap.cause}" if gap else ""
    return Step("act on" if drill.acts else "look at", subject, f"{drill.summary}{known}")
