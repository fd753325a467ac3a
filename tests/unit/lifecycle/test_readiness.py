"""When is a service up, when is it certainly not, and when is it too early to say?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from seatrial.engine.observed import Container, Health, Snapshot
from seatrial.lifecycle.readiness import STARTS_AGAIN, Rules, Standing, Verdict, Watched, judge
from seatrial.lifecycle.runs import Runs
from seatrial.stack import Dependency, HealthCheck, Port, Service, Stack, parse

CHECK = HealthCheck(("CMD", "true"), retries=3)
BASE = Container("c1", "shop-a-1", "a", "running")


def verdict(service: Service, *containers: Container, others: tuple[Service, ...] = (), **seen: Any) -> Verdict:
    """That on service `a`; its containers have run for ten seconds."""
    watched = Watched(**{"running_s": dict.fromkeys((c.id for c in containers), 10.0), "left_s": 100.0, **seen})
    (only,) = judge(Stack("shop", (service, *others)), ["a"], Snapshot(containers), watched, Rules())
    return only


@pytest.mark.parametrize(
    ("changes", "standing", "reason"),
    [
        ({}, Standing.READY, "running, no health check"),
        ({"health": Health("healthy")}, Standing.READY, "healthy"),
        ({"health": Health("starting")}, Standing.WAITING, "health: starting"),
        ({"health": Health("starting", 1)}, Standing.WAITING, "starting, 1 probe failed"),
        ({"health": Health("starting", 2)}, Standing.WAITING, "starting, 2 probes failed"),
        ({"health": Health("unhealthy", 3)}, Standing.WAITING, "unhealthy, 3 probes failed"),
        ({"health": Health("unhealthy", 5)}, Standing.FAILED, "unhealthy: 5 probes in a row failed"),
        ({"state": "created"}, Standing.WAITING, "created, not started"),
        ({"state": "created", "error": "no such file"}, Standing.FAILED, "could not be started"),
        ({"state": "paused"}, Standing.FAILED, "paused"),
        ({"state": "exited"}, Standing.DONE, "ended with exit code 0"),
        ({"state": "exited", "exit_code": 2}, Standing.FAILED, "exited with code 2"),
        (
            {"state": "exited", "exit_code": 137, "oom_killed": True},
            Standing.FAILED,
            "exited with code 137, out of memory",
        ),
        ({"state": "exited", "exit_code": 2, "restart_policy": "on-failure:3"}, Standing.FAILED, "exited with code 2"),
        (
            {"state": "exited", "exit_code": 2, "restart_policy": "always"},
            Standing.WAITING,
            "exited 2, restart policy always",
        ),
        (
            {"state": "exited", "restart_policy": "unless-stopped"},
            Standing.WAITING,
            "exited 0, restart policy unless-stopped",
        ),
        ({"state": "restarting", "exit_code": 1}, Standing.WAITING, "restarting after exit code 1"),
        (
            {"state": "restarting", "exit_code": 1, "restart_count": 5},
            Standing.FAILED,
            "crash loop: restarted 5 times, last exit code 1",
        ),
        ({"restart_count": 5}, Standing.READY, "running, no health check"),
        (
            {"state": "restarting", "exit_code": 1, "restart_count": 5, "restart_policy": "on-failure:7"},
            Standing.WAITING,
            "restarting after exit code 1",
        ),
        (
            {"state": "restarting", "exit_code": 1, "restart_count": 5, "restart_policy": "on-failure:40"},
            Standing.FAILED,
            "crash loop: restarted 5 times, last exit code 1",
        ),
        (
            {"state": "exited", "exit_code": 1, "restart_count": 3, "restart_policy": "on-failure:3"},
            Standing.FAILED,
            "exited with code 1 after 3 restarts, all that on-failure:3 allows",
        ),
        ({"restart_count": 9, "health": Health("healthy")}, Standing.READY, "healthy"),
    ],
)
def test_one_container(changes: dict[str, object], standing: Standing, reason: str) -> None:
    judged = verdict(Service("a", healthcheck=CHECK if "health" in changes else None), replace(BASE, **changes))  # type: ignore[arg-type]
    assert (judged.standing, judged.reason) == (standing, reason)


def test_a_container_without_a_check_is_up_only_after_a_while() -> None:
    judged = verdict(Service("a"), BASE, running_s={"c1": 0.4})
    assert judged.standing is Standing.WAITING
    assert judged.recheck_s == pytest.approx(0.6)


@pytest.mark.parametrize("service", [Service("a", ports=(Port(80, "80"),)), Service("a", healthcheck=CHECK)])
def test_a_server_that_ends_with_zero_is_no_one_shot(service: Service) -> None:
    assert verdict(service, replace(BASE, state="exited")).standing is Standing.FAILED


WAITS = Service("web", healthcheck=CHECK, depends_on=(Dependency("a", "service_completed_successfully"),))
SHARED = Service("web", healthcheck=CHECK)
NEEDS = Service("web", healthcheck=CHECK, depends_on=(Dependency("a", "service_healthy"),))


@pytest.mark.parametrize(
    ("service", "other", "changes", "standing"),
    [
        # What other services wait for counts more than what it declares.
        (Service("a", healthcheck=CHECK, ports=(Port(80, "80"),)), WAITS, {"state": "exited"}, Standing.DONE),
        (Service("a"), WAITS, {"state": "exited", "restart_policy": "unless-stopped"}, Standing.DONE),
        (Service("a", healthcheck=CHECK), WAITS, {"health": Health("healthy")}, Standing.WAITING),
        (Service("a"), WAITS, {}, Standing.WAITING),
        (Service("a"), WAITS, {"state": "exited", "exit_code": 1}, Standing.FAILED),
        (
            Service("a"),
            WAITS,
            {"state": "restarting", "exit_code": 1, "restart_policy": "on-failure"},
            Standing.WAITING,
        ),
        # The check of another service, taken over with an anchor.
        (Service("a", healthcheck=CHECK), SHARED, {"state": "exited"}, Standing.DONE),
        (Service("a", healthcheck=CHECK, ports=(Port(80, "80"),)), SHARED, {"state": "exited"}, Standing.FAILED),
        (Service("a", healthcheck=CHECK), NEEDS, {"state": "exited"}, Standing.FAILED),
    ],
)
def test_a_one_shot_is_known_by_what_waits_for_it_first(
    service: Service, other: Service, changes: dict[str, Any], standing: Standing
) -> None:
    assert verdict(service, replace(BASE, **changes), others=(other,)).standing is standing


def test_a_one_shot_that_its_policy_starts_again_and_again_never_completes() -> None:
    again = replace(BASE, state="restarting", restart_count=1, restart_policy="always")
    judged = verdict(Service("a"), again, others=(WAITS,))
    assert (judged.standing, judged.reason) == (Standing.FAILED, STARTS_AGAIN.format("always"))


@pytest.mark.parametrize(
    ("health", "standing"),
    [("starting", Standing.WAITING), ("unhealthy", Standing.FAILED), ("healthy", Standing.READY)],
)
def test_a_check_that_cannot_run_fails_only_once_its_retries_are_over(health: str, standing: Standing) -> None:
    broken = {"c1": "its health check cannot run: `curl` is not in the image"}
    assert verdict(Service("a"), replace(BASE, health=Health(health)), broken=broken).standing is standing


def test_what_is_yet_to_be_started_is_not_judged_by_its_run_before() -> None:
    assert verdict(Service("a"), replace(BASE, state="exited", exit_code=1), pending={"a"}).standing is Standing.WAITING


def test_no_container_is_waited_for_and_none_wanted_is_fine() -> None:
    assert verdict(Service("a")) == Verdict("a", Standing.WAITING, "no container")
    assert verdict(Service("a", replicas=0)) == Verdict("a", Standing.DONE, "no container wanted")


def test_the_worst_replica_decides() -> None:
    fine, sick = BASE, replace(BASE, id="c2", number=2, state="exited", exit_code=1)
    judged = verdict(Service("a", replicas=2), fine, sick)
    assert (judged.standing, judged.container) == (Standing.FAILED, sick)


def test_a_missing_replica_is_waited_for() -> None:
    assert verdict(Service("a", replicas=2), BASE).reason == "1 of 2 containers"


def test_a_service_whose_hook_failed_is_not_ready_though_its_container_runs() -> None:
    hooks = {"d": "its post_start hook ended with exit code 3"}
    stack = Stack("shop", (Service("db"),))
    snapshot = Snapshot((Container("d", "shop-db-1", "db", "running"),))
    (verdict,) = judge(stack, ["db"], snapshot, Watched({"d": 9.0}, hooks=hooks))
    assert (verdict.standing, verdict.reason) == (Standing.FAILED, "its post_start hook ended with exit code 3")


def test_a_provider_needs_no_container() -> None:
    stack = parse('{"name": "shop", "services": {"cloud": {"provider": {"type": "acme"}}}}')
    (verdict,) = judge(stack, ["cloud"], Snapshot(), Watched())
    assert (verdict.standing, verdict.reason) == (Standing.READY, "run by provider acme")


def test_a_crash_loop_is_not_final_while_what_it_needs_may_still_recover() -> None:
    looping = Container(
        "b", "shop-beat-1", "beat", "restarting", exit_code=7, restart_count=6, started_at="2026-01-01T00:00:20Z"
    )
    waits = Container("m", "shop-migrate-1", "migrate", "created")
    services = (Service("migrate"), Service("worker"), Service("beat", depends_on=(Dependency("worker"),)))
    crashing = replace(looping, id="w", name="shop-worker-1", service="worker")

    def standings(migrate: Container) -> list[Standing]:
        snapshot = Snapshot((looping, crashing, migrate))
        found = judge(Stack("shop", services), ("beat", "worker", "migrate"), snapshot, Watched({"m": 99.0}))
        return [one.standing for one in found[:2]]

    assert standings(waits) == [Standing.WAITING, Standing.WAITING]
    ended = replace(waits, state="exited", started_at="2026-01-01T00:00:01Z", finished_at="2026-01-01T00:00:02Z")
    assert standings(ended) == [Standing.FAILED, Standing.FAILED]


@pytest.mark.parametrize(("running_s", "standing"), [(1.5, Standing.WAITING), (3.1, Standing.READY)])
def test_after_several_failed_runs_one_that_is_a_little_longer_proves_nothing(
    running_s: float, standing: Standing
) -> None:
    runs = {"c1": Runs("", restarts=6, seen=6, longest_s=0.1)}
    found = verdict(Service("a"), replace(BASE, restart_count=6), running_s={"c1": running_s}, runs=runs)
    assert found.standing is standing
