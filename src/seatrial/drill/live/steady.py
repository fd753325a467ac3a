"""Is a service as it should be, so that what happens next can be blamed on the drill?"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from seatrial.drill.unjudged import inconclusive, skip
from seatrial.drill.unwanted import ENDED
from seatrial.engine.refusal import classify
from seatrial.lifecycle.readiness import is_done

if TYPE_CHECKING:
    from seatrial.drill.live.scene import Scene
    from seatrial.engine.observed import Container

# Events wake us; should one be lost, this is how stale we can get.
_LONGEST_S = 2.0


def lacking(container: Container | None, service: str) -> str:
    """What a container lacks for being steady, in words; "" when nothing. Pure."""
    if container is None:
        return f"it has no container: up --service {service}"
    if container.state != "running":
        return f"{standing(container)}: up --service {service}"
    if container.health and container.health.status != "healthy":
        return f"its health is {container.health.status}"
    return ""


def standing(container: Container) -> str:
    """What one that does not run is instead: `it is exited (1)`. Pure."""
    if container.error:
        return f"it could not be started ({classify(container.error).reason})"
    return f"it is {container.state}{f' ({container.exit_code})' if container.state == 'exited' else ''}"


def skip_one_shot(scene: Scene, service: str) -> None:
    """Raises `Unjudged` (SKIP) for one that has ended."""
    if is_done(scene.stack, service, scene.engine.snapshot(scene.stack.name)):
        raise skip(ENDED)


def steady(scene: Scene, service: str, limit_s: float) -> Container:
    """The service's container, once it is steady.

    Raises:
        Unjudged: INCONCLUSIVE, when it was not within `limit_s`; SKIP for a one-shot that has ended.
    """
    skip_one_shot(scene, service)
    deadline = time.monotonic() + limit_s
    told = ""
    while True:
        container = scene.container(service)
        reason = lacking(container, service)
        if container is not None and not reason:
            return container
        left = deadline - time.monotonic()
        if left <= 0 or container is None or container.state in ("exited", "dead", "created"):
            raise inconclusive(reason)
        if reason != told:
            scene.tell(f"{service}: {reason}; waiting at most {left:.0f} s until it is steady")
            told = reason
        scene.tape.pause(min(left, _LONGEST_S))
