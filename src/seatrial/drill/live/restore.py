"""Is the stack as it was before the drills? Pure: two looks in, differences out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from seatrial.engine import Engine
    from seatrial.engine.facts import Facts
    from seatrial.engine.observed import Container, Snapshot


@dataclass(frozen=True, slots=True)
class Look:
    """A project's containers, and what they are made to be, by id."""

    snapshot: Snapshot
    facts: Mapping[str, Facts]


def look(engine: Engine, project_name: str) -> Look:
    snapshot = engine.snapshot(project_name)
    return Look(snapshot, {fact.id: fact for fact in engine.facts([c.id for c in snapshot.containers])})


def differences(before: Look, after: Look, renewed: Collection[str] = ()) -> tuple[str, ...]:
    """What is not as it was, a line each. Addresses, pids and counts of restarts may differ.

    Args:
        before: a look at the stack.
        after: a later one.
        renewed: services whose containers may be others, as long as they are made the same way.
    """
    return tuple(_differences(before, after, renewed))


def _differences(before: Look, after: Look, renewed: Collection[str]) -> Iterator[str]:
    known: set[str] = set()
    for container in before.snapshot.containers:
        now = after.snapshot.by_id(container.id)
        if now is None and container.service in renewed:
            now = _successor(container, after.snapshot)
        if now is None:
            yield f"{container.service}: container {container.name} is gone"
            continue
        known.add(now.id)
        yield from (f"{container.service}: {line}" for line in _container(container, now))
        if container.id in before.facts and now.id in after.facts:
            lines = _facts(before.facts[container.id], after.facts[now.id])
            yield from (f"{container.service}: {line}" for line in lines)
    for container in after.snapshot.containers:
        if container.id not in known:
            yield f"{container.service}: container {container.name} is new"


def _successor(container: Container, snapshot: Snapshot) -> Container | None:
    own = (c for c in snapshot.containers if c.service == container.service and c.one_off == container.one_off)
    return next((c for c in own if c.number == container.number), None)


def _container(was: Container, now: Container) -> Iterator[str]:
    if was.state != now.state:
        yield f"was {was.state}, is {now.state}"
    if was.config_hash != now.config_hash:
        yield "was made anew from another configuration"
    healthy = was.health is None or was.health.status != "healthy"
    if not healthy and now.state == "running" and (now.health is None or now.health.status == "unhealthy"):
        yield "was healthy, is unhealthy"


def _facts(was: Facts, now: Facts) -> Iterator[str]:
    if (was.restart_policy, was.restart_limit) != (now.restart_policy, now.restart_limit):
        yield f"restart policy was {_policy(was)}, is {_policy(now)}"
    if _networks(was) != _networks(now):
        yield f"networks were {_shown(was)}, are {_shown(now)}"
    if set(was.mounts) != set(now.mounts):
        yield "mounts have changed"


def _policy(facts: Facts) -> str:
    return f"{facts.restart_policy}:{facts.restart_limit}" if facts.restart_limit else facts.restart_policy


def _networks(facts: Facts) -> set[tuple[str, frozenset[str]]]:
    return {(network.name, frozenset(network.aliases)) for network in facts.networks}


def _shown(facts: Facts) -> str:
    return ", ".join(f"{n.name} ({', '.join(sorted(n.aliases))})" for n in facts.networks) or "none"
