"""Does a drill apply to a service at all?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.lifecycle.readiness import has_to_end, is_done

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.drill.live.scene import Place
    from seatrial.engine.observed import Snapshot
    from seatrial.stack import Stack

AWAITED = "it is a one-shot: another service waits for it to end with 0"
ENDED = "it counts as a one-shot: it has ended with 0, and has no port and no health check of its own"


def one_shots(stack: Stack, snapshot: Snapshot) -> dict[str, str]:
    """By service that is not there to run, as `up` decides: why no drill applies. Pure."""
    awaited = {service.name for service in stack.services if has_to_end(stack, service)}
    reasons = dict.fromkeys(awaited, AWAITED)
    return reasons | {name: ENDED for name in stack.names if name not in awaited and is_done(stack, name, snapshot)}


def unwanted(stack: Stack, place: Place, ended: Mapping[str, str]) -> str:
    """Why a drill there has nothing to do; "" when it has. `ended` is from `one_shots`. Pure."""
    none = {name for name in place if name in stack.names and stack.service(name).replicas == 0}
    if none:
        return "no container is wanted (scale: 0)" if place.service in none else f"{place.dependency} has scale: 0"
    return ended.get(place.service, "")
