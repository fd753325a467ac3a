"""Is a service as it should be, so that what happens next can be blamed on the drill?"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from seatrial.drill.unjudged import inconclusive

if TYPE_CHECKING:
    from seatrial.drill.scene import Scene
    from seatrial.engine.observed import Container

# Events wake us; should one be lost, this is how stale we can get.
_LONGEST_S = 2.0


def lacking(container: Container | None, service: str) -> str:
    """What a container lacks for being steady, in words; "" when nothing. Pure."""
    if container is None:
        return f"it has no container: up --service {service}"
    if container.state != "running":
        code = f" ({container.exit_code})" if container.state == "exited" else ""
        return f"it is {container.state}{code}: up --service {service}"
    if container.health and container.health.status != "healthy":
        return f"its health is {container.health.status}"
    return ""


def steady(scene: Scene, service: str, limit_s: float) -> Container:
    """The service's container, once it is steady.

    Raises:
        Unjudged: INCONCLUSIVE, when it was not within `limit_s`.
    """
    deadline = time.monotonic() + limit_s
    while True:
        container = scene.container(service)
        reason = lacking(container, service)
        if container is not None and not reason:
            return container
        left = deadline - time.monotonic()
        if left <= 0 or container is None or container.state in ("exited", "dead", "created"):
            raise inconclusive(reason)
        scene.tape.pause(min(left, _LONGEST_S))
