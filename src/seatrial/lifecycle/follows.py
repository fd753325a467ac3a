"""What becomes of a service because Compose makes another one anew. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.lifecycle.plan import KEEP, Step
from seatrial.lifecycle.stop_order import LIVE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from seatrial.engine.observed import Container, Snapshot
    from seatrial.stack import Service

# Before, Compose made all anew that depends on what it makes anew; since then it restarts what asks for it.
RESTARTS_SINCE = (2, 29, 4)
MADE, MAYBE, CREATED = "made", "maybe", "created"


def becomes(steps: Sequence[Step]) -> str | None:
    """Whether a service with these steps gets other containers: certainly, perhaps, or its first ones."""
    actions = {step.action for step in steps}
    if "recreate" in actions:
        sure = any(step.action == "recreate" and not step.cause.startswith("if ") for step in steps)
        return MADE if sure else MAYBE
    return CREATED if "create" in actions else None


def follow(service: Service, steps: Sequence[Step], anew: Mapping[str, str], *, all_dependants: bool) -> list[Step]:
    """The steps, where services that it depends on or shares something with are `anew` (as `becomes` tells).

    `all_dependants`: whether this Compose makes every dependant anew.
    """
    if becomes(steps) == MADE and not any(other in anew for other in service.shares):
        return list(steps)
    found = _found(service, anew, all_dependants=all_dependants)
    if found is None:
        return list(steps)
    action, cause = found
    affected = ("start", "recreate", KEEP) if action == "recreate" else (KEEP,)
    changed = (replace(s, action=action, cause=cause) if s.action in affected else s for s in steps)
    return list(dict.fromkeys(changed))


def follow_owners(snapshot: Snapshot, steps: Sequence[Step]) -> list[Step]:
    """The steps, and what becomes of containers in the namespace of one that a step recreates or starts.

    The containers tell: `network_mode: container:NAME` is no reference to a service, and Compose follows none.
    """
    result = list(steps)
    for _ in snapshot.services:  # a guest may have guests of its own
        before = list(result)
        for owner, guest in _pairs(snapshot):
            actions = {s.action for s in result if s.subject == owner.service and not s.cause.startswith("if ")}
            if "recreate" in actions:
                step = Step(
                    "recreate", guest.service, _cause(owner.service, MADE, "whose namespace it shares"), ours=True
                )
                result = _with(result, step, (KEEP, "start", "restart"), guest)
            elif actions & {"start", "restart"}:
                cause = f"{owner.service}, whose namespace it shares, is started before it"
                result = _with(result, Step("restart", guest.service, cause, ours=True), (KEEP,), guest)
        if result == before:
            break
    return list(dict.fromkeys(result))


def _with(steps: Sequence[Step], step: Step, instead_of: Sequence[str], guest: Container) -> list[Step]:
    """The steps with this one instead of those; or beside them, where the service is in none and its container runs."""
    if any(one.subject == step.subject for one in steps):
        return [step if one.subject == step.subject and one.action in instead_of else one for one in steps]
    return [*steps, step] if guest.state in LIVE else list(steps)


def _pairs(snapshot: Snapshot) -> Iterator[tuple[Container, Container]]:
    """Each owner of a namespace with each of its guests."""
    for guest in snapshot.containers:
        for owner in (snapshot.by_id(id_) for id_ in guest.joins):
            if owner and owner.service != guest.service and not guest.one_off and not owner.one_off:
                yield owner, guest


def _found(service: Service, anew: Mapping[str, str], *, all_dependants: bool) -> tuple[str, str] | None:
    for other in service.shares:
        if other in anew:
            return "recreate", _cause(other, anew[other], "which it shares a part of")
    for edge in service.depends_on:
        become = anew.get(edge.service)
        if become is None or become == CREATED:
            continue
        if all_dependants:
            return "recreate", _cause(edge.service, become, "which it depends on")
        if edge.restart:
            return "restart", _cause(edge.service, become, "which it depends on with `restart: true`")
    return None


def _cause(other: str, become: str, how: str) -> str:
    return f"if {other}, {how}, is made anew" if become == MAYBE else f"{other}, {how}, is made anew"
