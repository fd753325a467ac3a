"""Is a service really up? Pure: containers and what was seen of them in, verdicts out.

Compose's own `--wait` ends well for a crash loop without a check and badly for a one-shot that ended 0; hence this.
Two steps: what each container is by itself, then which failures are final, because nothing can change them any more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from seatrial.lifecycle.runs import failed_runs, last_run_s, moment_ns, proof_s, unknown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from seatrial.engine.observed import Container, Health, Snapshot
    from seatrial.lifecycle.runs import Runs
    from seatrial.stack import Service, Stack


NOT_STARTED = "could not be started"
NOT_BEGUN = "created, not started"
PASSES = "its check passes"
NO_CHECK = "has no health check"
ENDED_SERVER = "ended with exit code 0, though it publishes a port or has a health check"
STARTS_AGAIN = "ended with exit code 0, and its restart policy {} starts it again"
COMPLETED = "service_completed_successfully"
# A dependency without a health check says nothing of itself; so long after its start it may still be getting ready.
YOUNG_S = 10.0
_ALWAYS = ("always", "unless-stopped")


class Standing(Enum):
    """Where a service stands, worst first."""

    FAILED = "failed"
    WAITING = "waiting"
    READY = "ready"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a service that fails over and over will be judged, once nothing can change that any more.

    Attributes:
        tries_ns: when the tries that failed began, as far as they are known, engine's clock.
        enough: so many of them must have begun after everything else was up.
    """

    reason: str
    tries_ns: tuple[int, ...] = ()
    enough: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one service.

    Attributes:
        reason: in words, complete without colour.
        container: the one that decided; None when there is none.
        recheck_s: when time alone can change the verdict: seconds until it may.
        optional: whether the stack is up without it.
        ending: of one that waits and has failed often enough by itself.
        failing: whether one that waits has failed since its start.
    """

    service: str
    standing: Standing
    reason: str
    container: Container | None = None
    recheck_s: float | None = None
    optional: bool = False
    ending: Ending | None = None
    failing: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """When something without a clear end is decided.

    Attributes:
        stable_s: a container without a check counts as up after running this long without a restart.
        restarts: a container that was restarted this often is in a crash loop, unless something it needs is still
            starting. The engine waits 0.1 s before the first restart and doubles it.
    """

    stable_s: float = 1.0
    restarts: int = 5


@dataclass(frozen=True, slots=True)
class Watched:
    """What a single snapshot cannot tell.

    Attributes:
        running_s: by container id, how long it has run since its last start.
        runs: by container id, its runs before.
        passed: by container id, when its own health check passed by our run of it, engine's clock, ns since the epoch;
            the engine has yet to say so.
        broken: by container id, why its health check cannot be run now.
        refused: by container id, why the engine would not start it.
        hooks: by container id, which hook around its start failed, and how.
        pending: services that are yet to be started, whatever their containers say of the run before.
        optional: services without which the stack is up.
        left_s: the time that is left for all of it.
    """

    running_s: Mapping[str, float] = field(default_factory=dict)
    runs: Mapping[str, Runs] = field(default_factory=dict)
    passed: Mapping[str, int] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    pending: Collection[str] = ()
    optional: Collection[str] = ()
    left_s: float = math.inf
    hooks: Mapping[str, str] = field(default_factory=dict)

    def runs_of(self, container: Container) -> Runs:
        return self.runs.get(container.id) or unknown(container)


def judge(
    stack: Stack, names: Sequence[str], snapshot: Snapshot, watched: Watched, rules: Rules | None = None
) -> tuple[Verdict, ...]:
    """One verdict for each of `names`: that of its worst container."""
    judging = _Judging(stack, watched, rules or Rules())
    verdicts = {name: judging.service(stack.service(name), snapshot.of(name)) for name in names}
    found = (judging.final(verdict, verdicts, snapshot) for verdict in verdicts.values())
    return tuple(replace(verdict, optional=verdict.service in watched.optional) for verdict in found)


def is_done(stack: Stack, name: str, snapshot: Snapshot) -> bool:
    """Whether all containers of the service have ended as they should, or the project wants none. Pure."""
    return judge(stack, [name], snapshot, Watched())[0].standing is Standing.DONE


def has_to_end(stack: Stack, service: Service) -> bool:
    """Whether another service waits for it to end with 0. Pure."""
    edges = (edge for other in stack.services for edge in other.depends_on)
    return any(edge.service == service.name and edge.condition == COMPLETED for edge in edges)


def is_server(stack: Stack, service: Service) -> bool:
    """Whether it is not there to end, as far as what it declares tells. Pure."""
    if service.ports:
        return True
    # A check that another service has too was written for that one, if no service depends on this one.
    shared = any(o.healthcheck == service.healthcheck for o in stack.services if o.name != service.name)
    needed = any(edge.service == service.name for other in stack.services for edge in other.depends_on)
    return service.healthcheck is not None and (needed or not shared)


@dataclass(frozen=True, slots=True)
class _Judging:
    stack: Stack
    watched: Watched
    rules: Rules

    def service(self, service: Service, containers: Sequence[Container]) -> Verdict:
        """The verdict on its worst container."""
        if service.provider:  # Compose's own `up` has failed when the provider has
            return Verdict(service.name, Standing.READY, f"run by provider {service.provider}")
        if service.replicas == 0:
            return Verdict(service.name, Standing.DONE, "no container wanted")
        verdicts = [self._container(service, container) for container in containers]
        if len(containers) < service.replicas:
            have = f"{len(containers)} of {service.replicas} containers" if containers else "no container"
            verdicts.append(Verdict(service.name, Standing.WAITING, have, containers[0] if containers else None))
        order = list(Standing)
        return min(verdicts, key=lambda v: (order.index(v.standing), v.ending is None))

    def final(self, verdict: Verdict, verdicts: Mapping[str, Verdict], snapshot: Snapshot) -> Verdict:
        """The failure that it is, if nothing can change that any more."""
        if verdict.ending is None:
            return verdict
        since_ns = -1
        declared = self.stack.closure([verdict.service])
        for other in self._may_need(verdict.service, verdicts):
            if other.standing is Standing.WAITING and other.ending is None:
                reason = f"{verdict.reason}; {other.service} is still starting"
                return replace(verdict, reason=reason, recheck_s=1.0)
            since_ns = max(since_ns, self._up_ns(other, snapshot, declared=other.service in declared))
        after = sum(at_ns > since_ns for at_ns in verdict.ending.tries_ns)
        if after < verdict.ending.enough:
            return verdict
        return replace(verdict, standing=Standing.FAILED, reason=verdict.ending.reason, recheck_s=None, ending=None)

    def _may_need(self, name: str, verdicts: Mapping[str, Verdict]) -> list[Verdict]:
        """What it declares, or any service that does not wait for it; with what those need that have failed so far."""
        needs, todo = {name}, [name]
        while todo:
            more = self._needs(todo.pop(), verdicts) - needs
            needs |= more
            todo += [other for other in more if other in verdicts and verdicts[other].ending]
        return [verdict for other, verdict in verdicts.items() if other in needs - {name}]

    def _needs(self, name: str, verdicts: Mapping[str, Verdict]) -> set[str]:
        declared = set(self.stack.closure([name])) - {name}
        return declared or {other for other in verdicts if name not in self.stack.closure([other])}

    def _up_ns(self, verdict: Verdict, snapshot: Snapshot, *, declared: bool) -> int:
        """When it came up; of a declared dependency without a check, when it surely has."""
        if verdict.standing not in (Standing.READY, Standing.DONE):
            return -1
        containers = snapshot.of(verdict.service)
        late_ns = int(YOUNG_S * 1e9) if declared and verdict.standing is Standing.READY else 0
        moments = [up_since_ns(c, self.watched) + (0 if c.health else late_ns) for c in containers]
        return max(moments, default=-1)

    def _container(self, service: Service, container: Container) -> Verdict:
        if service.name in self.watched.pending:
            return Verdict(service.name, Standing.WAITING, NOT_BEGUN, container)
        found = self._refused(container) or self._by_state(service, container)
        failing = found.standing is Standing.WAITING and self._has_failed(container)
        return replace(found, service=service.name, container=container, failing=failing)

    def _has_failed(self, container: Container) -> bool:
        probes = container.health.failing_streak if container.health else 0
        return bool(probes or failed_runs(container, self.watched.runs_of(container)))

    def _refused(self, container: Container) -> Verdict | None:
        if hook := self.watched.hooks.get(container.id):
            return _failed(hook)
        if container.id not in self.watched.refused or container.state == "running":
            return None
        return _failed(NOT_STARTED)

    def _by_state(self, service: Service, container: Container) -> Verdict:
        match container.state:
            case "running" if container.health:
                return self._by_health(service, container, container.health)
            case "running":
                return self._running(service, container, "running, no health check", self.rules.stable_s)
            case "exited" | "dead":
                return self._by_exit(service, container)
            case "created" | "paused" if container.error or container.state == "paused":
                return _failed(NOT_STARTED if container.error else "paused")
            case "created":
                return _waiting(NOT_BEGUN)
            case "restarting":
                return self._restarting(service, container)
            case state:
                return _waiting(state, 1.0)

    def _running(self, service: Service, container: Container, reason: str, stable_s: float) -> Verdict:
        """Of one that nothing is known against but what it did before."""
        if has_to_end(self.stack, service):
            return _waiting("running, it has to end with exit code 0", 1.0)
        needed_s = proof_s(container, self.watched.runs_of(container), stable_s)
        left_s = needed_s - self.watched.running_s.get(container.id, 0.0)
        if left_s <= 0:
            return Verdict("", Standing.READY, reason)
        if needed_s > stable_s:
            return _waiting("running again after a restart, not yet for longer than before", left_s)
        return _waiting(f"running, not yet for {needed_s:g} s", left_s)

    def _by_health(self, service: Service, container: Container, health: Health) -> Verdict:
        if health.status == "healthy":
            return self._running(service, container, "healthy", 0.0)
        if health.status == "starting" and container.id in self.watched.passed:
            return self._running(service, container, PASSES, 0.0)
        broken = self.watched.broken.get(container.id)
        if broken:
            # A program may be installed while the container starts: the engine's word on the check is waited for.
            ending = Ending(broken) if health.status == "unhealthy" else None
            return replace(_waiting(f"{health.status}, {broken}"), ending=ending)
        if not health.failing_streak:
            return _waiting("health: starting")
        probes = "1 probe" if health.failing_streak == 1 else f"{health.failing_streak} probes"
        ending = _unhealthy(service, health) if health.status == "unhealthy" else None
        return replace(_waiting(f"{health.status}, {probes} failed"), ending=ending)

    def _by_exit(self, service: Service, container: Container) -> Verdict:
        code, policy = container.exit_code, container.restart_policy
        if code == 0 and has_to_end(self.stack, service):
            return _DONE
        if container.error:
            return _failed(NOT_STARTED)
        if policy.startswith(_ALWAYS):
            return _waiting(f"exited {code}, restart policy {policy}")
        if code == 0:
            return _failed(ENDED_SERVER) if is_server(self.stack, service) else _DONE
        count = container.restart_count
        tries = f" after {count} {'restart' if count == 1 else 'restarts'}, all that {policy} allows" if count else ""
        return _failed(f"exited with code {code}{_oom(container)}{tries}")

    def _restarting(self, service: Service, container: Container) -> Verdict:
        code = container.exit_code
        if code == 0 and has_to_end(self.stack, service):
            return _failed(STARTS_AGAIN.format(container.restart_policy))
        waiting = _waiting(f"restarting after exit code {code}{_oom(container)}", 1.0)
        count = failed_runs(container, self.watched.runs_of(container))
        if count < self.rules.restarts or _can_use_up_restarts(container, self.watched.left_s):
            return waiting
        reason = f"crash loop: restarted {count} times, last exit code {code}{_oom(container)}"
        return replace(waiting, ending=Ending(reason, (moment_ns(container.started_at),), enough=1))


_DONE = Verdict("", Standing.DONE, "ended with exit code 0")


def _failed(reason: str) -> Verdict:
    return Verdict("", Standing.FAILED, reason)


def _waiting(reason: str, recheck_s: float | None = None) -> Verdict:
    return Verdict("", Standing.WAITING, reason, recheck_s=recheck_s)


def _unhealthy(service: Service, health: Health) -> Ending | None:
    """One `unhealthy` may pass (a slow start without start_period); two more failed probes are not bad luck."""
    retries = service.healthcheck.retries if service.healthcheck else 3
    if health.failing_streak < retries + 2:
        return None
    tries = tuple(moment_ns(probe.start) for probe in health.probes if probe.exit_code)
    return Ending(f"unhealthy: {health.failing_streak} probes in a row failed", tries, min(2, len(tries)))


def _can_use_up_restarts(container: Container, left_s: float) -> bool:
    """Whether a policy that allows so many restarts comes to its end in time: then that is the verdict."""
    _, _, limit = container.restart_policy.partition(":")
    if not limit:
        return False
    pauses = (min(0.1 * 2.0**n, 60.0) for n in range(container.restart_count - 1, int(limit)))
    return sum(pause + last_run_s(container) for pause in pauses) <= left_s


def up_since_ns(container: Container, watched: Watched) -> int:
    """The latest moment at which it came up, by what was seen, else by what the engine keeps; its clock. Pure."""
    runs = watched.runs_of(container)
    if runs.up_ns and runs.started_at == container.started_at:
        return runs.up_ns
    if container.state != "running":
        return moment_ns(container.finished_at)
    began_ns = moment_ns(container.started_at)  # the engine keeps the probes of the run before
    probes = container.health.probes if container.health else ()
    passed = [probe.end for probe in probes if not probe.exit_code and moment_ns(probe.start) >= began_ns]
    seen_ns = [moment_ns(stamp) for stamp in passed[:1]] or [watched.passed.get(container.id, 0)]
    return max(began_ns, *seen_ns)


def _oom(container: Container) -> str:
    return ", out of memory" if container.oom_killed else ""
