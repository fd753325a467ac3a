"""What `down` removes when all services have ended: containers that had ended before, networks, and volumes on demand.

Every removal is verified: what is still there afterwards is a failure that names its users.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from seatrial.engine.together import together
from seatrial.errors import RunFailed
from seatrial.lifecycle.by_compose import needs_compose

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from seatrial.engine import Engine
    from seatrial.engine.observed import Container, NotRemoved
    from seatrial.lifecycle.stopped import Stops
    from seatrial.lifecycle.stopping import Halt
    from seatrial.stack import Stack


def clear(halt: Halt, before: Iterable[Container], stops: Stops, volumes: Collection[str] = ()) -> dict[str, RunFailed]:
    """Remove what is left of the project. Return what is still there, as a step of the plan names it, and why.

    Compose is asked only for what is more than containers, networks and volumes: it takes longer to begin than the
    engine takes for a network.

    Args:
        halt: how it is stopped.
        before: the project's containers before the stop.
        stops: how that ended.
        volumes: names of volumes to delete.
    """
    if not halt.remove or stops.again or needs_compose(halt.stack):
        halt.engine.down(halt.project, volumes=False, grace_s=halt.grace_s)
    keys = None if halt.project.by_labels else own_networks(halt.stack)
    kept = _remove_containers(halt, {container.id for container in before})
    with together() as asking:
        networks = asking.ask(partial(halt.engine.remove_networks, halt.stack.name, keys))
        deleted = asking.ask(partial(halt.engine.remove_volumes, volumes)) if volumes else None
    kept |= {f"network {one.name}": _kept_network(one) for one in networks.answer()}
    return kept | {f"volume {one.name}": _kept_volume(one) for one in (deleted.answer() if deleted else ())}


def own_networks(stack: Stack) -> tuple[str, ...]:
    """The keys of the networks that are made for the project, and end with it. Pure."""
    declared = stack.parsed().get("networks") or {}
    return tuple(key for key, network in declared.items() if not (network or {}).get("external"))


def own_volumes(engine: Engine, stack: Stack, *, delete: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The volumes that were made for the project, and those of its file that were made elsewhere and therefore stay.

    A volume that the file calls external is never its own, whatever label it carries. Whether others exist is asked
    only to `delete`.
    """
    declared = (stack.parsed().get("volumes") or {}).values()
    external = {volume.get("name") for volume in declared if volume and volume.get("external")}
    own = tuple(name for name in engine.volumes(stack.name) if name not in external)
    others = [name for name in stack.volumes if name not in own] if delete else []
    return own, engine.existing_volumes(others) if others else ()


def _remove_containers(halt: Halt, known: Collection[str]) -> dict[str, RunFailed]:
    """Remove those that are still there: they had ended before, or could not be removed when they ended.

    Compose leaves those of them that its file does not name any more.
    """
    there = halt.engine.snapshot(halt.stack.name).containers
    left = [one for one in there if one.id in known and one.state != "removing"]
    with together() as asking:
        removals = [(one.name, asking.ask(partial(_remove, halt, one))) for one in left]
        return {name: _kept_container(name, words) for name, removal in removals if (words := removal.answer())}


def _remove(halt: Halt, container: Container) -> str:
    """Return why the container cannot be removed; "" when it is gone."""
    try:
        halt.engine.remove_container(container.id, volumes=halt.volumes)
    except RunFailed as error:
        if halt.engine.look([container.id]):  # else another process has removed it
            return " ".join(error.detail) or error.what
    return ""


def _kept_container(name: str, words: str) -> RunFailed:
    return RunFailed(
        f"container {name} was not removed: {words}", fix=f"docker rm --force {name}, then `seatrial down` again"
    )


def _kept_network(kept: NotRemoved) -> RunFailed:
    name, again = kept.name, "then `seatrial down` again"
    if kept.users:
        what = f"network {name} stays: containers of others are on it ({', '.join(kept.users)})"
        commands = "; ".join(f"docker network disconnect --force {name} {user}" for user in kept.users)
        return RunFailed(what, fix=f"{commands}; {again}")
    what = f"network {name} stays: {kept.error}"
    if "active endpoints" in kept.error:  # of containers that are gone: only the engine itself can forget them
        return RunFailed(what, fix=f"restart the engine (systemctl restart docker), {again}")
    return RunFailed(what, fix=f"docker network rm {name}")


def _kept_volume(kept: NotRemoved) -> RunFailed:
    what = f"volume {kept.name} was not deleted, its data is still there"
    if not kept.users:
        return RunFailed(f"{what}: {kept.error}", fix=f"docker volume rm {kept.name}")
    users = " ".join(kept.users)
    commands = f"docker stop {users} && docker rm {users}"
    return RunFailed(
        f"{what}: {used_by(kept.users)}",
        fix=f"{commands} (ask the owner first), then `seatrial down --volumes --yes` again",
    )


def used_by(users: Sequence[str]) -> str:
    """Return the containers that use a volume, as a clause. Pure."""
    return f"container {users[0]} uses it" if len(users) == 1 else f"containers {', '.join(users)} use it"
