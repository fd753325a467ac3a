"""Containers that ended because of what a drill did to another one, and that nothing starts again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.engine import containers
from seatrial.lifecycle.readiness import is_done

if TYPE_CHECKING:
    from collections.abc import Collection

    from seatrial.drill.live.scene import Scene
    from seatrial.engine.observed import Snapshot

_OVER = ("exited", "dead")


def running(snapshot: Snapshot) -> frozenset[str]:
    """Return the ids of the containers that run. Pure."""
    return frozenset(container.id for container in snapshot.containers if container.state == "running")


def revive(scene: Scene, services: Collection[str] = ()) -> None:
    """Start the containers of `services` (all when empty) that ran before the drills and have ended since."""
    snapshot = scene.engine.snapshot(scene.stack.name)
    for container in snapshot.containers:
        wanted = container.id in scene.ran and (not services or container.service in services)
        if not wanted or container.state not in _OVER or container.service not in scene.stack.names:
            continue
        if is_done(scene.stack, container.service, snapshot):
            continue
        ended = f"it ended (exit {container.exit_code}) during a drill of another service, and stayed down"
        scene.tell(f"{container.service}: started again: {ended}")
        containers.start(container.id)
