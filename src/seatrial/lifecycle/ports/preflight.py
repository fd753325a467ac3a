"""Before anything is started: which ports are taken. What this project's own containers hold is no trouble."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.errors import RunFailed
from seatrial.lifecycle.ports.trying import free, near
from seatrial.lifecycle.ports.wanted import Clash, Wish, clashes, same_place, wishes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from seatrial.engine import Engine
    from seatrial.engine.observed import Snapshot
    from seatrial.lifecycle.plan import Plan
    from seatrial.stack import Stack

_STARTS = ("create", "recreate", "start")
_LEAVES = ("recreate", "remove")
_RUNS = ("running", "paused", "restarting")


@dataclass(frozen=True, slots=True)
class Taken:
    """A wish that somebody else is in the way of; `port` is the number that is taken."""

    wish: Wish
    port: int


@dataclass(frozen=True, slots=True)
class Blocked:
    """What stands in the way of a start, in the order of the model."""

    taken: tuple[Taken, ...] = ()
    clashes: tuple[Clash, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.taken or self.clashes)

    @property
    def movable(self) -> tuple[Wish, ...]:
        """Those that another number helps; several containers that want one port are helped by a range alone."""
        others = (clash.wish for clash in self.clashes if clash.wish != clash.other)
        return tuple(dict.fromkeys([*(taken.wish for taken in self.taken), *others]))


def blocked(stack: Stack, services: Sequence[str], plan: Plan, before: Snapshot, environ: Mapping[str, str]) -> Blocked:
    """What of the ports of the services that `plan` starts cannot be had. Without a step that starts it looks at none.

    `services` are all that will run, those that run already too.
    """
    starting = {step.subject for step in plan.steps if step.action in _STARTS}
    if not starting:
        return Blocked()
    leaving = {step.subject for step in plan.steps if step.action in _LEAVES}
    wanted = wishes(stack, services)
    found = taken([w for w in wanted if w.service in starting], before, leaving, free)
    return Blocked(found if found and near(environ) else (), tuple(clashes(wanted)))


def taken(
    wanted: Iterable[Wish], before: Snapshot, leaving: Iterable[str], can_be_had: Callable[[str, int, str], bool]
) -> tuple[Taken, ...]:
    """The wishes for which too few ports can be had. Pure, but for what `can_be_had(host_ip, port, protocol)` does.

    Containers of the services that are `leaving` give their ports back before anything is started.
    """
    left = set(leaving)
    result = []
    for wish in wanted:
        own = _own(wish, before, {wish.service} | left)
        had, missed = 0, wish.first
        for number in wish.numbers:
            if number in own or can_be_had(wish.host_ip, number, wish.protocol):
                had += 1
                if had >= wish.count:
                    break
            else:
                missed = number
        if had < min(wish.count, len(wish.numbers)):
            result.append(Taken(wish, missed))
    return tuple(result)


def _own(wish: Wish, before: Snapshot, services: set[str]) -> set[int]:
    """The ports that containers of `services` give back; a one-off container (`run --service-ports`) keeps its own."""
    return {
        address.host_port
        for container in before.containers
        if not container.one_off and not services.isdisjoint((container.service, container.name))
        if container.state in _RUNS
        for address in container.addresses
        if address.protocol == wish.protocol and same_place(address.host_ip, wish.host_ip)
    }


def errors(engine: Engine, found: Blocked, orphans: Collection[str] = ()) -> tuple[RunFailed, ...]:
    """One for each port, with its owner and the fixes; `orphans` are names of containers of the project."""
    return (*(_taken_error(engine, each, orphans) for each in found.taken), *map(_clash_error, found.clashes))


def _taken_error(engine: Engine, each: Taken, orphans: Collection[str]) -> RunFailed:
    from seatrial.lifecycle.ports.culprit import culprit

    who = culprit(engine, each.port, each.wish.protocol, orphans)
    wish = each.wish
    few = "" if wish.first == wish.last else f"; of {wish.written} {wish.service} needs {wish.count}"
    kind = "" if wish.protocol == "tcp" else f"/{wish.protocol}"
    place = f", on {wish.host_ip}" if wish.host_ip else ""
    return RunFailed(
        f"{wish.service}: port {each.port}{kind} is taken by {who.name}{place}{few}; nothing was changed",
        fix=f"{who.fix}\nor take a free one, for this checkout only: up --shift-ports"
        f"\nor publish another one for {wish.service} in the compose file",
    )


def _clash_error(clash: Clash) -> RunFailed:
    wish, other = clash.wish, clash.other
    if wish is other or wish == other:
        return RunFailed(
            f"{wish.service}: {wish.count} containers want {wish.named}; nothing was changed",
            fix=f"publish a range ({wish.first}-{wish.first + wish.count - 1}:{wish.target}), or only {wish.target}"
            " so that the engine picks one for each",
        )
    return RunFailed(
        f"{wish.service}: {wish.named} is wanted by {other.service} too; nothing was changed",
        fix=f"publish another one for {wish.service} in the compose file"
        "\nor take a free one, for this checkout only: up --shift-ports",
    )
