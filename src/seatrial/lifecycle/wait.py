"""Watches services: woken by the engine's events, decided by `readiness`. It acts on nothing."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seatrial.engine.stamps import nanoseconds
from seatrial.lifecycle import runs
from seatrial.lifecycle.readiness import NO_CHECK, NOT_BEGUN, Standing, Verdict, Watched, judge, up_since_ns
from seatrial.lifecycle.sight import Sight
from seatrial.lifecycle.start_order import Standings, unchecked, unmet, waits_for
from seatrial.lifecycle.timing import Times, times

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from seatrial.engine import EventStream
    from seatrial.engine.observed import Container, Event, Snapshot
    from seatrial.lifecycle.early import Early
    from seatrial.lifecycle.stage import Stage

# Of a health check that fails the engine says nothing until it calls the container unhealthy.
LOOK_AGAIN_S = 1.0
_SAME_NS = 5 * 10**9
# So long may an optional service that fails try again once all others are up.
_OPTIONAL_S = 5.0
_AT_REST = ("created", "exited", "dead")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the watching ended.

    Attributes:
        times: by service, when it was made, started and ready; absent when it was so before.
        refused: by container id, the engine's words when it would not start it.
        seconds: the whole of it.
        timed_out: whether patience ended before every service was decided; after `limit_s`.
        given_up: optional services that are not waited for any longer.
    """

    verdicts: tuple[Verdict, ...]
    snapshot: Snapshot
    times: Mapping[str, Times] = field(default_factory=dict)
    seconds: float = 0.0
    timed_out: bool = False
    limit_s: float = 0.0
    standings: Standings = field(default_factory=lambda: Standings({}))
    refused: Mapping[str, str] = field(default_factory=dict)
    given_up: frozenset[str] = frozenset()

    @property
    def up(self) -> bool:
        """Whether all are up, or have failed or had their time where the stack is up without them."""
        return all(self._is_up(verdict) for verdict in self.verdicts)

    @property
    def failed(self) -> tuple[Verdict, ...]:
        return tuple(v for v in self.verdicts if v.standing is Standing.FAILED and not v.optional)

    @property
    def waiting(self) -> tuple[Verdict, ...]:
        return tuple(v for v in self.verdicts if v.standing is Standing.WAITING)

    @property
    def missing(self) -> tuple[Verdict, ...]:
        """The optional services that are not up."""
        return tuple(v for v in self.verdicts if v.optional and v.standing in (Standing.FAILED, Standing.WAITING))

    def _is_up(self, verdict: Verdict) -> bool:
        if verdict.standing in (Standing.READY, Standing.DONE):
            return True
        return verdict.optional and (
            verdict.standing is Standing.FAILED or self.timed_out or verdict.service in self.given_up
        )


class Watch:
    """One watching of some services: keeps what a single look cannot tell.

    Attributes:
        passed: when a container's own check first passed by our own run of it, by id and start, ns since the epoch.
        broken: by container id, why its check cannot be run now.
        limit_s: how long is waited at most.
        refused: by container id, why the engine would not start it.
        hooks: by container id, which hook around its start failed, and how.
        starting: services whose hooks may still run: to the engine they have started.
    """

    def __init__(
        self, stage: Stage, names: Sequence[str], *, starts: bool = False, began_ago_s: float = 0.0
    ) -> None:  # fmt: skip
        """Watch `names`; with `starts` what does not run yet is to be started by us, and is not judged until then.

        Times count from `began_ago_s` before now.
        """
        self._stack, self._names, self._starts = stage.stack, names, starts
        self._rules, before = stage.rules, stage.before
        self._began = time.monotonic() - began_ago_s
        self._began_ns = time.time_ns() - int(began_ago_s * 1e9)
        self.sight = Sight(stage.engine, stage.stack.name, before)
        self._project, self._optional = stage.project, stage.optional
        self._runs: dict[str, runs.Runs] | None = None
        self._running_since = {
            (c.id, c.started_at): time.monotonic() - self._age_s(c) for c in before.containers if c.state == "running"
        }
        self._at_rest: dict[str, str] = {}
        self._events: list[Event] = []
        self._offset_ns = 0
        self.passed: dict[tuple[str, str], int] = {}
        self.broken: dict[str, str] = {}
        self.refused: dict[str, str] = {}
        self.hooks: dict[str, str] = {}
        self.starting: set[str] = set()
        self.limit_s = math.inf

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self._began

    def look(self, happened: Iterable[Event] = (), others: Collection[str] = ()) -> Outcome:
        """What it means that this has happened; `others` are ids of containers to look at too."""
        happened = list(happened)
        if happened and not self._events:
            self._reconcile(happened[-1])
        self._events += happened
        self.sight.follow(happened, others)
        snapshot = self.sight.snapshot
        pending = self._pending(snapshot)
        watched = self._watched(snapshot, pending)
        verdicts = judge(self._stack, self._names, snapshot, watched, self._rules)
        self._keep_moments(verdicts, snapshot, watched)
        standings = self._standings(snapshot, verdicts, pending)
        verdicts = tuple(self._held(verdict, standings) for verdict in verdicts)
        standings = replace(standings, verdicts={v.service: v for v in verdicts})
        passed = {key: at_ns + self._offset_ns for key, at_ns in self.passed.items()}
        found = times(self._events, verdicts, passed, self._began_ns)
        late = self._given_up(verdicts, snapshot, watched)
        return Outcome(
            verdicts, snapshot, found, self.elapsed_s, standings=standings, refused=self.refused, given_up=late
        )

    def until_decided(
        self, events: EventStream, timeout_s: float, tell: Callable[[Outcome], None], early: Early
    ) -> Outcome:
        """Look after every event until all services are up, one has certainly failed, or `timeout_s` is over.

        `early` runs the health checks that the engine has yet to run.
        """
        deadline = self._began + timeout_s
        self.limit_s = timeout_s
        outcome = self.look(events.wait(0))
        while True:
            tell(outcome)
            if outcome.up or outcome.failed:
                return outcome
            left = deadline - time.monotonic()
            if left <= 0:
                return replace(outcome, timed_out=True, limit_s=timeout_s)
            due_s = early.consider(outcome.snapshot.containers, starting=False, awaited=())
            pauses = [pause_s(outcome, left), *([due_s] if due_s is not None else [])]
            outcome = self.look(events.wait(min(pauses)), waited_for(outcome))

    def _given_up(self, verdicts: Sequence[Verdict], snapshot: Snapshot, watched: Watched) -> frozenset[str]:
        """Optional services that fail, and what waits for them, some time after all others came up. Pure."""
        others = [v for v in verdicts if not v.optional]
        if any(v.standing not in (Standing.READY, Standing.DONE) for v in others):
            return frozenset()
        before_ns = time.time_ns() + self._offset_ns - int(_OPTIONAL_S * 1e9)
        if any(up_since_ns(c, watched) > before_ns for v in others for c in snapshot.of(v.service)):
            return frozenset()
        failing = {v.service for v in verdicts if v.failing and self._begun_ns(snapshot.of(v.service)) <= before_ns}
        return frozenset(failing.union(*(self._stack.waiting_for(name) for name in failing)))

    def _begun_ns(self, containers: Iterable[Container]) -> int:
        """When the latest of them was started by a command, as far as that is known, engine's clock."""
        assert self._runs is not None  # noqa: S101
        ours = [self._began_ns for c in containers if c.id in self._at_rest]
        return max([0, *ours, *(self._runs[c.id].since_ns for c in containers)])

    def _reconcile(self, event: Event) -> None:
        """An event that comes in now has happened now: else the engine's clock is another one."""
        offset_ns = event.time_ns - time.time_ns()
        if abs(offset_ns) > _SAME_NS:
            self._began_ns += offset_ns
            self._offset_ns = offset_ns

    def remember(self) -> None:
        """Keep for the next command what was seen of the containers that are there."""
        there = {container.id for container in self.sight.snapshot.containers}
        known = {key: one for key, one in (self._runs or {}).items() if key in there}
        runs.save(self._project, self._stack.name, known)

    def _age_s(self, container: Container) -> float:
        """Of the run of one that ran before we began; unknown where the engine's clock is another one."""
        if not container.started_at:
            return self._rules.stable_s
        age_s = (time.time_ns() - nanoseconds(container.started_at)) / 1e9
        return age_s if age_s >= 0 else self._rules.stable_s

    def _watched(self, snapshot: Snapshot, pending: Mapping[str, Sequence[Container]]) -> Watched:
        now = time.monotonic()
        running = [c for c in snapshot.containers if c.state == "running"]
        ages = {c.id: now - self._running_since.setdefault((c.id, c.started_at), now) for c in running}
        own = {c.id: self.passed.get((c.id, c.started_at)) for c in running}
        passed = {key: at_ns + self._offset_ns for key, at_ns in own.items() if at_ns is not None}
        if self._runs is None:
            restarted = any(c.restart_count for c in snapshot.containers)
            self._runs = runs.load(self._project, self._stack.name) if restarted or self._starts else {}
        for c in snapshot.containers:
            self._runs[c.id] = runs.follow(self._runs.get(c.id), c, ages.get(c.id, 0.0))
        left_s = self.limit_s - self.elapsed_s
        return Watched(ages, self._runs, passed, self.broken, self.refused, pending, self._optional, left_s, self.hooks)

    def _keep_moments(self, verdicts: Iterable[Verdict], snapshot: Snapshot, watched: Watched) -> None:
        """When each came up: tries of others that failed before that prove nothing."""
        assert self._runs is not None  # noqa: S101
        for verdict in verdicts:
            for c in snapshot.of(verdict.service) if verdict.standing is Standing.READY else ():
                known = self._runs[c.id]
                if not known.up_ns:
                    self._runs[c.id] = replace(known, up_ns=up_since_ns(c, watched))

    def _pending(self, snapshot: Snapshot) -> dict[str, list[Container]]:
        pending: dict[str, list[Container]] = {}
        for container in snapshot.containers if self._starts else ():
            if container.service in self._names and self._is_pending(container):
                pending.setdefault(container.service, []).append(container)
        return pending

    def _standings(
        self, snapshot: Snapshot, verdicts: Sequence[Verdict], pending: Mapping[str, Sequence[Container]]
    ) -> Standings:
        made = {name: len(snapshot.of(name)) for name in self._names}
        lacking = frozenset(name for name in self._names if made[name] < self._stack.service(name).replicas)
        return Standings({v.service: v for v in verdicts}, pending, lacking | self.starting)

    def _is_pending(self, container: Container) -> bool:
        if container.state not in (*_AT_REST, "paused") or container.one_off or container.id in self.refused:
            return False
        return self._at_rest.setdefault(container.id, container.started_at) == container.started_at

    def _held(self, verdict: Verdict, standings: Standings) -> Verdict:
        """One that is to be started yet has not failed, whatever its container says of the run before."""
        if verdict.service not in standings.pending:
            return verdict
        if other := unchecked(self._stack, verdict.service, standings):
            reason = f"waits for {other} to be healthy, and {other} {NO_CHECK}"
            return replace(verdict, standing=Standing.FAILED, reason=reason, recheck_s=None)
        edges = unmet(self._stack, verdict.service, standings)
        reason = waits_for(edges) if edges else NOT_BEGUN
        return replace(verdict, standing=Standing.WAITING, reason=reason, recheck_s=None)


def pause_s(outcome: Outcome, left_s: float) -> float:
    """How long nothing need be looked at while nothing happens."""
    return min([left_s, LOOK_AGAIN_S, *(v.recheck_s for v in outcome.waiting if v.recheck_s is not None)])


def waited_for(outcome: Outcome) -> tuple[str, ...]:
    """Ids of the containers that may change without an event."""
    return tuple(v.container.id for v in outcome.waiting if v.container and v.container.state not in _AT_REST)
