"""What an `up` does before Compose creates containers: Compose does it in none of its versions, or only in some."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.engine import containers
from seatrial.errors import RunFailed
from seatrial.lifecycle.plan import NETWORK
from seatrial.lifecycle.references import with_owners
from seatrial.lifecycle.stop_order import LIVE, turns
from seatrial.lifecycle.stopping import Halt, stop_in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from seatrial.engine import UpRequest
    from seatrial.engine.observed import Container, Snapshot
    from seatrial.lifecycle.plan import Plan
    from seatrial.lifecycle.stage import Stage
    from seatrial.stack import Stack

    # By address, the names of the containers on a network.
    Users = Callable[[str], Mapping[str, str]]


def make_way(stage: Stage, plan: Plan) -> Stage:
    """Remove containers and networks as `plan` says, and stop what has to be started again. The stage as it is then.

    Raises:
        RunFailed: a network cannot be removed, or a container does not end.
    """
    ours = [step for step in plan.steps if step.ours]
    stage = replace(stage, stack=with_owners(stage.stack, stage.before))
    if not ours:
        return stage
    networks = [step.subject.removeprefix(NETWORK) for step in ours if step.subject.startswith(NETWORK)]
    removed = {step.subject for step in ours if step.action == "remove"}
    again = {step.subject for step in ours if step.action == "restart" or (networks and step.action == "recreate")}
    snapshot = stage.before.containers
    _stop(stage, [one for one in snapshot if one.name in removed], remove=True)
    _stop(stage, [one for one in snapshot if one.service in again and not one.one_off])
    keys = [
        key for key, one in (stage.stack.parsed().get("networks") or {}).items() if (one or {}).get("name") in networks
    ]
    for kept in stage.engine.remove_networks(stage.stack.name, keys) if keys else ():
        raise _in_use(kept.name, kept.users)
    return replace(stage, before=stage.engine.snapshot(stage.stack.name))


def forced(request: UpRequest, plan: Plan) -> tuple[UpRequest, ...]:
    """What to ask of Compose first, for the containers that it would not recreate by itself. Pure."""
    names = [s.subject for s in plan.steps if s.ours and s.action == "recreate" and not s.subject.startswith(NETWORK)]
    return (replace(request, services=tuple(names), force_recreate=True, build=False),) if names else ()


def _stop(stage: Stage, chosen: Sequence[Container], *, remove: bool = False) -> None:
    live = [one for one in chosen if one.state in LIVE]
    halt = Halt(stage.engine, stage.project, stage.stack, stage.tell)
    stops = stop_in_order(halt, turns(stage.stack, live))
    for failure in (stops.failures or {}).values():
        raise failure
    for one in chosen if remove else ():
        stage.engine.remove_container(one.id, volumes=one.service in stage.stack.names)
        stage.tell(f"removed {one.name}")


def network_conflicts(
    stack: Stack, before: Snapshot, plan: Plan, orphans: Iterable[Container], users: Users = containers.addressed
) -> tuple[RunFailed, ...]:
    """The networks of `plan` that cannot be removed, as containers are on them that it neither stops nor removes."""
    networks = [s.subject.removeprefix(NETWORK) for s in plan.steps if s.ours and s.subject.startswith(NETWORK)]
    own = {one.name for one in before.containers if one.service in stack.names and not one.one_off}
    own |= {step.subject for step in plan.steps if step.action == "remove"}
    removable = {one.name for one in orphans}
    left = {network: sorted(set(users(network).values()) - own) for network in networks}
    return tuple(_in_use(network, names, removable) for network, names in left.items() if names)


def _in_use(network: str, users: Sequence[str], orphans: Collection[str] = ()) -> RunFailed:
    fixes = [f"docker network disconnect {network} {user}" for user in users if user not in orphans]
    if set(users) & set(orphans):
        fixes.append("seatrial up --remove-orphans")
    return RunFailed(
        f"network {network} has to be recreated, and {' and '.join(users)} {'uses' if len(users) == 1 else 'use'} it;"
        " nothing was changed",
        fix="; ".join(fixes),
    )
