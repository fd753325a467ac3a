"""What is done to a dependency: each fault is a block that puts back what it did at its end, whatever happens."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.drill.service.subject import DEFAULT_GRACE_S
from seatrial.drill.unjudged import inconclusive, skip
from seatrial.engine import containers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from seatrial.drill.outage.dependency import Dependency
    from seatrial.engine.facts import Facts

_ENGINE_S = 15.0
_DEATH_S = 5.0
_FREEZES = 5
# Stopped already, or a zombie.
_STILL = ("T", "Z")


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of outage.

    Attributes:
        word: what becomes of the dependency: `stopped`, `frozen`.
        done: the outage; the dependency is down when the block begins, and on its way back when it has ended.
        restarts: whether it is started anew, so that it is ready only when its check and ports say so.
        moves: whether its address is free in the meantime: others must not take it by chance.
        displaces: whether it is made to come back at another one.
    """

    word: str
    done: Callable[[Dependency, str], AbstractContextManager[None]]
    restarts: bool = True
    moves: bool = True
    displaces: bool = False


@contextmanager
def _stopped(dependency: Dependency, _: str) -> Iterator[None]:
    with ExitStack() as owed:
        debts = {}
        for one in dependency.facts:
            late_s = grace_s(one) + _ENGINE_S
            debts[one.id] = owed.enter_context(dependency.scene.guardian.owing("start", one.id, late_s=late_s))
        dependency.each(lambda one: containers.stop(one.id, grace_s(one) + _ENGINE_S))
        yield
        _started(dependency)
        for debt in debts.values():
            debt.settle()


@contextmanager
def _crashed(dependency: Dependency, _: str) -> Iterator[None]:
    """SIGKILL that the engine knows nothing of. Its restart policy waits so long, and its count is not used up."""
    inside = dependency.scene.inside
    with ExitStack() as owed:
        for one in dependency.facts:
            owed.enter_context(dependency.scene.guardian.owing("start", one.id))
            owed.enter_context(dependency.scene.guardian.owing("update", "--restart", _policy(one), one.id))
            containers.set_restart_policy(one.id, "no")
        for one in dependency.now():
            if not one.pid or not inside.signal(one.pid, "SIGKILL"):
                raise inconclusive(f"{dependency.service} has ended by itself before it could be killed")
        for one in dependency.facts:
            dependency.scene.tape.wait(lambda e, own=one.id: e.container_id == own and e.action == "die", 0, _DEATH_S)  # type: ignore[misc]
        yield
        _started(dependency)


@contextmanager
def _frozen(dependency: Dependency, _: str) -> Iterator[None]:
    """SIGSTOP to all its processes: the kernel goes on accepting for them.

    Not `docker pause`: one that comes while the engine starts a health check hangs, with every call for the container.
    """
    inside = dependency.scene.inside
    with ExitStack() as frozen:
        for one in dependency.now():
            for _turn in range(_FREEZES):  # whom it had forked in the meantime too
                going = [process for process in inside.processes(one.pid) if process.state not in _STILL]
                if not going:
                    break
                frozen.enter_context(inside.frozen(going))
        yield


@contextmanager
def _cut(dependency: Dependency, dependent: str) -> Iterator[None]:
    """Off the networks that both are on."""
    own = {network.name for network in dependency.scene.subject(dependent).facts.networks}
    shared = [(one, network) for one in dependency.facts for network in one.networks if network.name in own]
    if not shared:
        raise skip(f"{dependency.service} and {dependent} are on no network together")
    if any(one.published for one in dependency.facts) and _chosen_by_engine(dependency):
        raise skip(f"the engine would give {dependency.service} other published ports when its network is back")
    with ExitStack() as owed:
        for one, network in shared:
            owed.enter_context(dependency.scene.guardian.owing(*containers.connection(network, one.id)))
            containers.disconnect(network.name, one.id)
        yield


STOPPED = Fault("stopped", _stopped, displaces=True)
CRASHED = Fault("killed", _crashed)
FROZEN = Fault("frozen", _frozen, restarts=False, moves=False)
CUT = Fault("cut off", _cut, restarts=False)


def _started(dependency: Dependency) -> None:
    dependency.each(lambda one: containers.start(one.id))


def grace_s(one: Facts) -> int:
    """The grace in force."""
    return DEFAULT_GRACE_S if one.stop_timeout_s is None else one.stop_timeout_s


def _policy(one: Facts) -> str:
    return f"{one.restart_policy}:{one.restart_limit}" if one.restart_limit else one.restart_policy


def _chosen_by_engine(dependency: Dependency) -> bool:
    ports = dependency.scene.stack.service(dependency.service).ports
    return any(not port.published.isdigit() for port in ports)
