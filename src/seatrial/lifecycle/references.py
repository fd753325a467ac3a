"""Containers that refer to what is not there any more, or is another one by now: networks, volumes, namespaces. Pure.

Compose compares a container's own configuration; what that names may be gone, or be recreated under the same name.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seatrial.engine.stamps import nanoseconds
from seatrial.lifecycle.definitions import changes, definitions, name_of
from seatrial.lifecycle.stop_order import LIVE
from seatrial.service import Dependency

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from seatrial.engine.observed import Container, Snapshot
    from seatrial.engine.resources import Resource, Resources
    from seatrial.lifecycle.definitions import Made
    from seatrial.stack import Stack


_OF_A_SWARM = "docker_gwbridge"


@dataclass(frozen=True, slots=True)
class References:
    """What is wrong with what containers refer to.

    Attributes:
        broken: by container id, why it has to be recreated.
        cut_off: by container id, why it has to be restarted: the namespace that it shares has ended.
        networks, volumes: by name, the fields of its definition that have changed.
        on: by such a network, the services that it connects.
        missing: by name of an external network that does not exist, the services that use it.
    """

    broken: Mapping[str, str] = field(default_factory=dict)
    cut_off: Mapping[str, str] = field(default_factory=dict)
    networks: Mapping[str, str] = field(default_factory=dict)
    volumes: Mapping[str, str] = field(default_factory=dict)
    on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def references(
    stack: Stack, snapshot: Snapshot, there: Resources, others: Iterable[Container] = (), made: Made | None = None
) -> References:
    """Compare what the containers refer to with what is `there`, and that with what it was `made` from.

    `others` are containers outside of the project that some of them share a namespace with.
    """
    networks = changes(stack, "networks", there.networks, made or {})
    known = {one.id: one for one in (*snapshot.containers, *others)}
    broken: dict[str, str] = {}
    models = stack.service_models()
    names = {kind: {k: name_of(d) for k, d in definitions(stack, kind).items()} for kind in ("networks", "volumes")}
    ids = {one.id: one.name for one in there.networks}
    for container in snapshot.containers:
        model = models.get(container.service)
        if model is None or container.one_off:
            continue
        wanted = [names["networks"].get(key, "") for key in model.get("networks") or {}]
        mounted = {
            str(mount.get("target")): names["volumes"].get(mount.get("source"), "")
            for mount in model.get("volumes") or ()
            if mount.get("type") == "volume" and mount.get("source")
        }
        reasons = (
            *(f"its network {name} is recreated" for name in wanted if name in networks),
            *_networks(container, wanted, ids),
            *_volumes(container, mounted),
            *(
                f"container {other[:12]}, whose namespace it shares, is gone"
                for other in container.joins
                if other not in known
            ),
        )
        if reasons:
            broken[container.id] = reasons[0]
    users: dict[str, list[str]] = {}
    for service, model in models.items():
        for key in model.get("networks") or {}:
            users.setdefault(names["networks"].get(key, ""), []).append(service)
    volumes = changes(stack, "volumes", there.volumes, made or {})
    on, missing = (
        {name: tuple(users.get(name, ())) for name in some} for some in (networks, _missing(stack, there.networks))
    )
    return References(broken, cut_off(known.values()), networks, volumes, on, missing)


def _missing(stack: Stack, there: Sequence[Resource]) -> tuple[str, ...]:
    """External networks that do not exist. An engine of a swarm does not know those of other nodes."""
    known = {text for network in there for text in (network.name, network.id)}
    if _OF_A_SWARM in known:
        return ()
    external = (name_of(one) for one in definitions(stack, "networks").values() if one.get("external"))
    return tuple(name for name in external if name and name not in known)


def cut_off(containers: Iterable[Container]) -> dict[str, str]:
    """By id of a container in the namespace of an earlier run of another, why it is: the start or the end of that."""
    return {
        guest: f"{owner.service or owner.name}, whose namespace it shares, "
        + ("was started after it" if owner.state in LIVE else "does not run")
        for guest, owner in cut_off_from(containers).items()
    }


def cut_off_from(containers: Iterable[Container]) -> dict[str, Container]:
    """By id of such a container, the owner of the namespace."""
    known = {one.id: one for one in containers}
    found = {}
    for guest in known.values():
        for owner in (known[id_] for id_ in guest.joins if id_ in known and guest.state in LIVE):
            if owner.state not in LIVE or nanoseconds(owner.started_at) > nanoseconds(guest.started_at):
                found[guest.id] = owner
    return found


def owners(snapshot: Snapshot, service: str) -> frozenset[str]:
    """The services whose namespaces the containers of `service` share."""
    found = (snapshot.by_id(id_) for one in snapshot.of(service) for id_ in one.joins)
    return frozenset(one.service for one in found if one and one.service != service)


def with_owners(stack: Stack, snapshot: Snapshot) -> Stack:
    """The stack, in which each service depends on the owners of the namespaces that its containers share.

    Compose adds that for `service:NAME` only, not for `container:NAME`.
    """
    services = []
    for service in stack.services:
        known = {edge.service for edge in service.depends_on}
        more = tuple(Dependency(name) for name in sorted(owners(snapshot, service.name) - known))
        services.append(replace(service, depends_on=(*service.depends_on, *more)) if more else service)
    return replace(stack, services=tuple(services))


def owners_first(names: Iterable[str], snapshot: Snapshot) -> tuple[str, ...]:
    """`names` in their order, but none before an owner of its namespace."""
    ordered: dict[str, None] = {}
    left = list(names)

    def visit(name: str, above: frozenset[str]) -> None:
        for other in owners(snapshot, name) - above:
            if other in left:
                visit(other, above | {name})
        ordered[name] = None

    for name in left:
        visit(name, frozenset({name}))
    return tuple(ordered)


def guests(snapshot: Snapshot, services: Iterable[str]) -> tuple[str, ...]:
    """The services with a live container that shares a namespace with one of `services`, or with such a guest."""
    asked = tuple(services)
    found = dict.fromkeys(asked)
    everybody = sorted({one.service for one in snapshot.containers if not one.one_off})
    for _ in everybody:
        found |= dict.fromkeys(n for n in everybody if owners(snapshot, n) & found.keys() and is_live(snapshot, n))
    return tuple(name for name in found if name not in asked)


def is_live(snapshot: Snapshot, service: str) -> bool:
    return any(one.state in LIVE for one in snapshot.of(service))


def unknown_owners(snapshot: Snapshot) -> tuple[str, ...]:
    """Ids of containers outside of the project that some of its containers share a namespace with."""
    own = {one.id for one in snapshot.containers}
    return tuple(dict.fromkeys(id_ for one in snapshot.containers for id_ in one.joins if id_ not in own))


def _networks(container: Container, wanted: Iterable[str], ids: Mapping[str, str]) -> Iterator[str]:
    attached = dict(container.networks)
    for name in wanted:
        named = ids.get(name, name)  # an external network may be given by its id
        if named not in attached:
            yield f"it is not connected to network {named}"
        elif attached[named] and attached[named] not in ids:
            yield f"network {named} is {'another one by now' if named in ids.values() else 'gone'}"


def _volumes(container: Container, wanted: Mapping[str, str]) -> Iterator[str]:
    mounted = dict(container.volumes)
    for target, name in wanted.items():
        if name and mounted.get(target, name) != name:
            yield f"{target} is on volume {mounted[target]}, not on {name}"
