"""`down`, `stop` and `restart`: plans over what runs now. Pure."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from seatrial.lifecycle.leftovers import used_by
from seatrial.lifecycle.plan import KEEP, Plan, Step
from seatrial.lifecycle.references import is_live, owners, owners_first
from seatrial.lifecycle.start_order import waits_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from seatrial.engine.observed import Snapshot
    from seatrial.stack import Stack


def plan_down(  # noqa: PLR0913  what is there of each kind
    stack: Stack,
    snapshot: Snapshot,
    volumes: Sequence[str],
    *,
    delete_volumes: bool,
    others: Sequence[str] = (),
    users: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Plan:
    """Remove every container of the project, of inactive profiles too; volumes are kept unless asked for.

    `others` are volumes of the compose file that were made elsewhere: they are always kept. `users` are, by volume,
    names of containers that use it: the engine keeps what another than the project's uses.
    """
    containers = [
        Step("remove", c.name, c.state) for name in _dependants_first(stack, snapshot) for c in snapshot.of(name)
    ]
    once = [Step("remove", c.name, f"{c.state}, one-off") for c in snapshot.containers if c.one_off]
    fate = ("delete", "--volumes") if delete_volumes else (KEEP, "holds data")
    removed = {container.name for container in snapshot.containers}
    held = {name: [user for user in users.get(name, ()) if user not in removed] for name in volumes}
    own = [
        Step(KEEP, f"volume {name}", used_by(held[name])) if held[name] else Step(fate[0], f"volume {name}", fate[1])
        for name in volumes
    ]
    kept = [Step(KEEP, f"volume {name}", "not made by this project") for name in others]
    return Plan((*containers, *once, *own, *kept))


def plan_stop(stack: Stack, snapshot: Snapshot, services: Iterable[str]) -> Plan:
    """Stop what runs of `services` (all when empty), dependants first."""
    wanted = set(stack.chosen(services))
    steps: list[Step] = []
    for name in _dependants_first(stack, snapshot):
        if name not in wanted:
            continue
        if name in stack.names and (provider := stack.service(name).provider):
            steps.append(Step("stop", name, f"provider {provider}"))
            continue
        states = sorted({c.state for c in snapshot.of(name)}) or ["no container"]
        live = [state for state in states if state in ("running", "restarting", "paused")]
        steps.append(Step("stop", name, ", ".join(live)) if live else Step(KEEP, name, f"already {', '.join(states)}"))
    return Plan(tuple(steps))


def plan_restart(stack: Stack, snapshot: Snapshot, services: Iterable[str]) -> Plan:
    """Restart `services` (all when empty), dependencies first, and the services that have to be restarted with them.

    Those ask for it (`depends_on: restart: true`), or share a namespace with one of them. One without a container
    cannot be restarted.
    """
    chosen = set(stack.chosen(services))
    there = {name for name in stack.names if snapshot.of(name)}
    restarted: set[str] = set()
    steps: list[Step] = []
    for name in owners_first(stack.closure(()), snapshot):
        edges = [edge for edge in stack.service(name).depends_on if edge.service in restarted]
        asked_by = next((edge.service for edge in edges if edge.restart), "")
        guest_of = next(iter(owners(snapshot, name) & restarted), "") if is_live(snapshot, name) else ""
        if name in chosen and (provider := stack.service(name).provider):
            steps.append(Step(KEEP, name, f"run by provider {provider}"))
        elif name in chosen and name not in there:
            makes = "no container: `up` makes one" if stack.service(name).replicas else "no container wanted"
            steps.append(Step(KEEP, name, makes))
        elif name in there and (name in chosen or asked_by or guest_of):
            why = f"{guest_of}, whose namespace it shares, is restarted"
            if asked_by:
                why = f"{asked_by}, which it depends on with `restart: true`, is restarted"
            why = f"asked for; {snapshot.of(name)[0].state} now" if name in chosen else why
            waits = [waits_for(edges)] if edges else []
            steps.append(Step("restart", name, "; ".join([why, *waits])))
            restarted.add(name)
    return Plan(tuple(steps))


def _dependants_first(stack: Stack, snapshot: Snapshot) -> list[str]:
    active = list(reversed(stack.closure(())))
    return [*sorted(snapshot.services - set(active)), *active]
