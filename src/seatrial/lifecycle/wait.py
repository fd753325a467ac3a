"""Watches services until each is up or certainly not: woken by the engine's events, decided by `readiness`."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seatrial.lifecycle.readiness import Rules, Standing, Verdict, Watched, judge
from seatrial.lifecycle.timing import ready_after

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from seatrial.engine import Engine, EventStream
    from seatrial.engine.observed import Event, Snapshot
    from seatrial.stack import Stack

# Events wake us; should one be lost with a dying connection, this is how stale we can get.
LONGEST_SLEEP_S = 5.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the watching ended.

    Attributes:
        ready_s: by service, seconds from the beginning until it was ready or done; absent when it was so before.
        seconds: the whole of it.
        timed_out: whether patience ended before every service was decided.
    """

    verdicts: tuple[Verdict, ...]
    snapshot: Snapshot
    ready_s: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    timed_out: bool = False

    @property
    def up(self) -> bool:
        return all(v.standing in (Standing.READY, Standing.DONE) for v in self.verdicts)

    @property
    def failed(self) -> tuple[Verdict, ...]:
        return tuple(v for v in self.verdicts if v.standing is Standing.FAILED)

    @property
    def waiting(self) -> tuple[Verdict, ...]:
        return tuple(v for v in self.verdicts if v.standing is Standing.WAITING)


class Watch:
    """One watching of some services: keeps what a single look cannot tell."""

    def __init__(
        self,
        engine: Engine,
        stack: Stack,
        names: Sequence[str],
        before: Snapshot,
        *,
        rules: Rules | None = None,
    ) -> None:
        self._engine, self._stack, self._names = engine, stack, names
        self._rules = rules or Rules()
        self._began, self._began_ns = time.monotonic(), time.time_ns()
        # What is in the pause between two restarts has a history that counts; what runs is given a new chance.
        self._restarts = {c.id: c.restart_count for c in before.containers if c.state == "running"}
        # A container that was running before we began is not held up for its stable second.
        self._running_since = {
            (c.id, c.started_at): self._began - self._rules.stable_s for c in before.containers if c.state == "running"
        }
        self._events: list[Event] = []

    def look(self, events: EventStream) -> Outcome:
        """One look and what it means."""
        snapshot = self._engine.snapshot(self._stack.name)
        now = time.monotonic()
        for container in snapshot.containers:
            if container.state == "running":
                self._running_since.setdefault((container.id, container.started_at), now)
        running = {
            c.id: now - since
            for c in snapshot.containers
            if (since := self._running_since.get((c.id, c.started_at))) is not None
        }
        verdicts = judge(self._stack, self._names, snapshot, Watched(running, self._restarts), self._rules)
        self._events += events.wait(0)
        return Outcome(verdicts, snapshot, ready_after(self._events, verdicts, self._began_ns), now - self._began)

    def until_decided(self, events: EventStream, timeout_s: float, tell: Callable[[Outcome], None]) -> Outcome:
        """Look after every event until all services are up, one has certainly failed, or `timeout_s` is over."""
        deadline = self._began + timeout_s
        while True:
            outcome = self.look(events)
            tell(outcome)
            if outcome.up or outcome.failed:
                return outcome
            left = deadline - time.monotonic()
            if left <= 0:
                return replace(outcome, timed_out=True)
            pauses = [v.recheck_s for v in outcome.waiting if v.recheck_s is not None]
            self._events += events.wait(min([left, LONGEST_SLEEP_S, *pauses]))
