"""Containers that share the network, processes or IPC of another (`network_mode: service:NAME`).

A start of that one gives it new ones, and leaves them cut off in those of the run before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.service.subject import DEFAULT_GRACE_S
from seatrial.engine import containers
from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.drill.live.scene import Place, Scene
    from seatrial.engine.facts import Facts

_SHARED = "container:"
_ENGINE_S = 15.0


def owners(facts: Iterable[Facts]) -> dict[str, str]:
    """By id of a container that shares a namespace, the id of its owner; of several the network's. Pure."""
    modes = ((one.id, mode) for one in facts for mode in (one.ipc_mode, one.pid_mode, one.network_mode))
    return {id_: mode.removeprefix(_SHARED) for id_, mode in modes if mode.startswith(_SHARED)}


def shares(scene: Scene, service: str) -> tuple[str, ...]:
    """The services that share a namespace with a container of `service`."""
    snapshot = scene.engine.snapshot(scene.stack.name)
    own = {container.id for container in snapshot.of(service)}
    found = (snapshot.by_id(id_) for id_, owner in scene.shared.items() if owner in own)
    return tuple(dict.fromkeys(container.service for container in found if container))


def rejoin(scene: Scene, place: Place) -> None:
    """Restart those that a drill at `place` has cut off: the one whose namespace they share was started after them."""
    if not scene.shared:
        return
    snapshot = scene.engine.snapshot(scene.stack.name)
    for id_, owner in scene.shared.items():
        one, other = snapshot.by_id(id_), snapshot.by_id(owner)
        if not one or not other or {one.state, other.state} != {"running"}:
            continue
        concerned = {place.service, place.dependency} - {""}
        if concerned and other.service not in concerned:
            continue
        if nanoseconds(other.started_at) > nanoseconds(one.started_at):
            scene.tell(
                f"{one.service}: restarted, because {other.service}, whose namespace it shares, was started after it"
            )
            (facts,) = scene.engine.facts([id_])
            grace_s = DEFAULT_GRACE_S if facts.stop_timeout_s is None else facts.stop_timeout_s
            with scene.guardian.owing("start", id_):
                containers.restart(id_, grace_s + _ENGINE_S)
