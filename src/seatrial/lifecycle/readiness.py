"""Is a service really up? Pure: containers in, verdicts out.

Compose's own `--wait` ends well for a crash loop without a check and badly for a one-shot that ended 0; hence this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from seatrial.engine.observed import Container, Health, Snapshot
    from seatrial.stack import Service, Stack


NOT_STARTED = "could not be started"
PASSES = "its check passes"
NO_CHECK = "has no health check"


class Standing(Enum):
    """Where a service stands, worst first."""

    FAILED = "failed"
    WAITING = "waiting"
    READY = "ready"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one service.

    Attributes:
        reason: in words, complete without colour.
        container: the one that decided; None when there is none.
        recheck_s: when time alone can change the verdict: seconds until it may.
    """

    service: str
    standing: Standing
    reason: str
    container: Container | None = None
    recheck_s: float | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """When something without a clear end is decided.

    Attributes:
        stable_s: a container without a check counts as up after running this long without a restart.
        restarts: a container that was restarted this often while we watched is in a crash loop. The engine waits 0.1 s
            before the first restart and doubles it, so five are about three seconds.
    """

    stable_s: float = 1.0
    restarts: int = 5


@dataclass(frozen=True, slots=True)
class Watched:
    """What a single look cannot tell.

    Attributes:
        running_s: by container id, how long we have seen it run since its last start.
        restarts_before: by container id, the engine's restart counter when we began to watch.
        passed: ids of containers whose own health check we have run, and it passed; the engine has yet to say so.
        broken: by container id, why its health check cannot even be run.
        refused: by container id, why the engine would not start it.
    """

    running_s: Mapping[str, float] = field(default_factory=dict)
    restarts_before: Mapping[str, int] = field(default_factory=dict)
    passed: Collection[str] = ()
    broken: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)


def judge(
    stack: Stack, names: Sequence[str], snapshot: Snapshot, watched: Watched, rules: Rules | None = None
) -> tuple[Verdict, ...]:
    """One verdict for each of `names`: that of its worst container."""
    rules = rules or Rules()
    return tuple(_service(stack.service(name), snapshot.of(name), watched, rules) for name in names)


def _service(service: Service, containers: Sequence[Container], watched: Watched, rules: Rules) -> Verdict:
    if service.replicas == 0:
        return Verdict(service.name, Standing.DONE, "no container wanted")
    if len(containers) < service.replicas:
        have = f"{len(containers)} of {service.replicas} containers" if containers else "no container"
        missing = [Verdict(service.name, Standing.WAITING, have, containers[0] if containers else None)]
    else:
        missing = []
    order = list(Standing)
    verdicts = [*(_container(service, c, watched, rules) for c in containers), *missing]
    return min(verdicts, key=lambda v: order.index(v.standing))


def _container(service: Service, container: Container, watched: Watched, rules: Rules) -> Verdict:
    standing, reason, recheck_s = _standing(service, container, watched, rules)
    return Verdict(service.name, standing, reason, container, recheck_s)


def _standing(
    service: Service, container: Container, watched: Watched, rules: Rules
) -> tuple[Standing, str, float | None]:
    if container.id in watched.refused and container.state != "running":
        return Standing.FAILED, NOT_STARTED, None
    restarts = container.restart_count - watched.restarts_before.get(container.id, 0)
    if restarts >= rules.restarts and not (container.health and container.health.status == "healthy"):
        code = container.exit_code
        return Standing.FAILED, f"crash loop: restarted {restarts} times, last exit code {code}{_oom(container)}", None
    match container.state:
        case "running":
            if container.health is None:
                return _by_age(container, watched, rules)
            return _by_health(service, container, container.health, watched)
        case "exited" | "dead":
            return _by_exit(service, container)
        case "created" | "paused" if container.error or container.state == "paused":
            return Standing.FAILED, NOT_STARTED if container.error else "paused", None
        case "created":
            return Standing.WAITING, "created, not started", None
        case "restarting":
            return Standing.WAITING, f"restarting after exit code {container.exit_code}{_oom(container)}", 1.0
        case state:
            return Standing.WAITING, state, 1.0


def _by_age(container: Container, watched: Watched, rules: Rules) -> tuple[Standing, str, float | None]:
    left = rules.stable_s - watched.running_s.get(container.id, 0.0)
    if left <= 0:
        return Standing.READY, "running, no health check", None
    return Standing.WAITING, f"running, not yet for {rules.stable_s:g} s", left


def _by_health(
    service: Service, container: Container, health: Health, watched: Watched
) -> tuple[Standing, str, float | None]:
    if health.status == "healthy":
        return Standing.READY, "healthy", None
    if health.status == "starting" and container.id in watched.passed:
        return Standing.READY, PASSES, None
    if container.id in watched.broken:
        return Standing.FAILED, watched.broken[container.id], None
    retries = service.healthcheck.retries if service.healthcheck else 3
    # One `unhealthy` may pass (a slow start without start_period); two more failed probes are not bad luck.
    if health.status == "unhealthy" and health.failing_streak >= retries + 2:
        return Standing.FAILED, f"unhealthy: {health.failing_streak} probes in a row failed", None
    if health.failing_streak:
        probes = "1 probe" if health.failing_streak == 1 else f"{health.failing_streak} probes"
        return Standing.WAITING, f"{health.status}, {probes} failed", None
    return Standing.WAITING, "health: starting", None


def _by_exit(service: Service, container: Container) -> tuple[Standing, str, float | None]:
    code, policy = container.exit_code, container.restart_policy
    if code == 0 and not policy.startswith(("always", "unless-stopped")):
        if service.ports or service.healthcheck:
            return Standing.FAILED, "ended with exit code 0, though it publishes a port or has a health check", None
        return Standing.DONE, "ended with exit code 0", None
    restartable = policy.startswith(("always", "unless-stopped"))
    if container.error:
        return Standing.FAILED, NOT_STARTED, None
    if restartable:
        return Standing.WAITING, f"exited {code}, restart policy {policy}", None
    return Standing.FAILED, f"exited with code {code}" + _oom(container), None


def _oom(container: Container) -> str:
    return ", out of memory" if container.oom_killed else ""
