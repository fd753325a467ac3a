"""Stops services, each the moment all that need it are gone. The event stream is open before the first order."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from seatrial.engine.process_ends import process_ends
from seatrial.errors import RunFailed
from seatrial.lifecycle.orders import Order, orders
from seatrial.lifecycle.stop_order import LIVE, due
from seatrial.lifecycle.stopped import Asked, Stopped, Stops, grace_of, stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from seatrial.engine import Engine, EventStream
    from seatrial.engine.facts import Facts
    from seatrial.engine.observed import Event
    from seatrial.lifecycle.orders import Done, Orders
    from seatrial.lifecycle.stop_order import Turn
    from seatrial.project import Project
    from seatrial.stack import Stack

# After the grace period: a machine that does much else.
_ENGINE_S = 60.0
_DAY_S = 86400.0
# What takes longer is told of while it lasts.
_SLOW_S = 1.0
_LAST_EVENT_S = 1.0
_ENDS = frozenset({"die", "stop", "destroy"})


@dataclass(frozen=True, slots=True)
class Halt:
    """How services are to be stopped.

    Attributes:
        tell: is told of what takes longer, and of what still runs when somebody interrupts.
        grace_s: for all, in place of the grace period of each.
        remove: whether containers that have ended are removed at once.
        volumes: whether that takes the volumes along that nobody named.
    """

    engine: Engine
    project: Project
    stack: Stack
    tell: Callable[[str], None]
    grace_s: int | None = None
    remove: bool = False
    volumes: bool = False


def stop_in_order(halt: Halt, turns: Sequence[Turn]) -> Stops:
    """Carry out `turns`. One that cannot be stopped is told of; what it needs is then left running.

    Raises:
        EngineUnreachable: the engine has gone away meanwhile.
    """
    if not turns:
        return Stops()
    facts = halt.engine.facts([container.id for turn in turns for container in turn.containers])
    with halt.engine.events(halt.stack.name) as events, orders(halt.engine, events.wake) as given:
        stopping = _Stopping(halt, turns, facts, events, given)
        try:
            with process_ends(facts, stopping.process_ended):
                return stopping.to_the_end()
        except KeyboardInterrupt:
            halt.tell(stopping.standing())
            raise


class _Stopping:
    """One run: what was asked, what is gone, and what was seen."""

    def __init__(
        self, halt: Halt, turns: Sequence[Turn], facts: Sequence[Facts], events: EventStream, given: Orders
    ) -> None:
        self._halt, self._turns, self._events, self._given = halt, turns, events, given
        self._began_s = time.monotonic()
        self._grace = {one.id: grace_of(one, halt.grace_s) for one in facts}
        self._processes_ended: set[str] = set()
        self._begun: dict[str, float] = {}
        self._done: list[Done] = []
        self._ended: set[str] = set()
        self._seen: list[Event] = []

    def process_ended(self, container_id: str) -> None:
        """From another thread: the main process of a container has ended."""
        self._processes_ended.add(container_id)
        self._events.wake()

    def to_the_end(self) -> Stops:
        told: set[str] = set()
        while True:
            for turn in due(self._turns, self._begun.keys(), self._gone):
                self._begin(turn)
            if not self._given.open:
                break
            self._seen += self._events.wait(_SLOW_S)
            for done in self._given.ended():
                self._note(done)
            self._tell_of_slow_ones(told)
        seconds = time.monotonic() - self._began_s
        self._await_last_events()
        again = tuple(
            c.name for done in self._done for c in done.after.values() if not done.failure and c.state in LIVE
        )
        failures = {done.order.service: done.failure for done in self._done if done.failure}
        left = tuple(turn.service for turn in self._turns if turn.service not in self._begun)
        return Stops(tuple(self._stopped()), seconds, failures, left, again)

    def standing(self) -> str:
        """Who still runs, in words, when it is broken off."""
        waiting = [turn.service for turn in self._turns if turn.service not in self._begun]
        asked = [name for name in self._begun if name not in self._gone]
        parts = (("being stopped by the engine", asked), ("still running", waiting))
        return "; ".join(f"{words}: {', '.join(names)}" for words, names in parts if names) or "all have ended"

    @property
    def _gone(self) -> frozenset[str]:
        """Services of which no process is left: by the engine's word, or by the kernel's after the signal was sent.

        Before the signal an end may be one of many, for a restart policy starts it again.
        """
        signalled = {event.container_id for event in self._seen if event.action == "kill"}
        ended = self._ended | (self._processes_ended & signalled)
        return frozenset(turn.service for turn in self._turns if ended.issuperset(c.id for c in turn.containers))

    def _begin(self, turn: Turn) -> None:
        self._begun[turn.service] = time.monotonic()
        for order in self._orders(turn):
            self._given.give(order)

    def _orders(self, turn: Turn) -> Iterator[Order]:
        halt = self._halt
        remove = partial(halt.engine.remove_container, volumes=halt.volumes) if halt.remove else None
        by_compose = tuple(c for c in turn.containers if turn.by_compose and not c.one_off)
        if by_compose:
            stop = partial(halt.engine.stop, halt.project, [turn.service], halt.grace_s)
            yield Order(turn.service, by_compose, stop, remove)
        for container in turn.containers:
            if container not in by_compose:
                limit_s = self._limit_s(container.id)
                stop = partial(halt.engine.stop_container, container.id, limit_s, halt.grace_s)
                yield Order(turn.service, (container,), stop, remove)

    def _limit_s(self, container_id: str) -> float:
        grace_s = self._grace.get(container_id)
        return _DAY_S if grace_s is None else grace_s + _ENGINE_S

    def _note(self, done: Done) -> None:
        if done.failure and not isinstance(done.failure, RunFailed):
            raise done.failure
        self._done.append(done)
        if not done.failure:
            self._ended |= {container.id for container in done.order.containers}

    def _tell_of_slow_ones(self, told: set[str]) -> None:
        for turn in self._turns:
            name = turn.service
            since_s = self._begun.get(name)
            slow = since_s is not None and time.monotonic() - since_s >= _SLOW_S
            if slow and name not in told and name not in self._gone:
                told.add(name)
                graces = {self._grace.get(container.id) for container in turn.containers}
                has = "as long as it likes" if None in graces else f"{max(g for g in graces if g is not None)} s"
                self._halt.tell(f"waiting for {name} to end: it has {has}")

    def _await_last_events(self) -> None:
        """The engine tells of an end at the moment in which it answers, and in another stream."""
        deadline = time.monotonic() + _LAST_EVENT_S
        while self._ended - _ended(self._seen) and (left := deadline - time.monotonic()) > 0:
            self._seen += self._events.wait(left)

    def _stopped(self) -> Iterator[Stopped]:
        for done in self._done:
            asked = Asked(done.began_s - self._began_s, done.ended_s - done.began_s)
            for container in done.order.containers if not done.failure else ():
                after = done.after.get(container.id)
                yield stopped(container, self._grace.get(container.id), asked, after, self._seen)


def _ended(seen: Iterable[Event]) -> frozenset[str]:
    return frozenset(event.container_id for event in seen if event.action in _ENDS)
