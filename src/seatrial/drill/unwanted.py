"""Is there to be a container at all?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatrial.drill.live.scene import Place
    from seatrial.stack import Stack


def unwanted(stack: Stack, place: Place) -> str:
    """Why a drill there has nothing to do: the compose file wants no container; "" when it does. Pure."""
    none = {name for name in place if name in stack.names and stack.service(name).replicas == 0}
    if not none:
        return ""
    return "no container is wanted (scale: 0)" if place.service in none else f"{place.dependency} has scale: 0"
