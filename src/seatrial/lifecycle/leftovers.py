"""What `down` finds left when all have ended: containers that had ended before, networks, and volumes where told."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from seatrial.engine.together import together
from seatrial.errors import RunFailed
from seatrial.lifecycle.by_compose import needs_compose
from seatrial.lifecycle.stop_order import LIVE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.engine import Engine
    from seatrial.engine.observed import Container
    from seatrial.lifecycle.stopped import Stops
    from seatrial.lifecycle.stopping import Halt
    from seatrial.stack import Stack


def clear(halt: Halt, before: Iterable[Container], stops: Stops) -> None:
    """Remove what is left of the project. `before` are its containers as they were before the stop.

    Compose is asked only for what is more than containers and networks: it takes longer to begin than the engine
    takes for a network.

    Raises:
        RunFailed: something cannot be removed.
    """
    if halt.remove:
        _remove_ended(halt, before)
    if not halt.remove or halt.volumes or stops.again or needs_compose(halt.stack):
        halt.engine.down(halt.project, volumes=halt.volumes, grace_s=halt.grace_s)
        return
    for name in halt.engine.remove_networks(halt.stack.name, own_networks(halt.stack)):
        halt.tell(f"warning: network {name} stays: containers of others are on it")


def own_networks(stack: Stack) -> tuple[str, ...]:
    """The keys of the networks that are made for the project, and end with it. Pure."""
    declared = stack.parsed().get("networks") or {}
    return tuple(key for key, network in declared.items() if not (network or {}).get("external"))


def _remove_ended(halt: Halt, before: Iterable[Container]) -> None:
    """Those that had ended before, and those that could not be removed when they did; here it is told why not.

    Compose leaves those of them of which its file does not tell any more.
    """
    known = {container.id for container in before}
    there = halt.engine.snapshot(halt.stack.name).containers
    ended = [one.id for one in there if one.id in known and one.state not in {*LIVE, "removing"}]
    with together() as asking:
        for removal in [asking.ask(partial(_removed, halt.engine, one, volumes=halt.volumes)) for one in ended]:
            removal.answer()


def _removed(engine: Engine, container_id: str, *, volumes: bool) -> None:
    try:
        engine.remove_container(container_id, volumes=volumes)
    except RunFailed:
        if engine.look([container_id]):  # else somebody else has removed it
            raise
