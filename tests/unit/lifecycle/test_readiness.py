"""When is a service up, when is it certainly not, and when is it too early to say?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from seatrial.engine.observed import Container, Health, Snapshot
from seatrial.lifecycle.readiness import Rules, Standing, Verdict, Watched, judge
from seatrial.stack import HealthCheck, Port, Service, Stack

CHECK = HealthCheck(("CMD", "true"), retries=3)
BASE = Container("c1", "shop-a-1", "a", "running")


def verdict(service: Service, *containers: Container, running_s: float = 10, restarts_before: int = 0) -> Verdict:
    watched = Watched({c.id: running_s for c in containers}, {c.id: restarts_before for c in containers})
    (only,) = judge(Stack("shop", (service,)), ["a"], Snapshot(containers), watched, Rules())
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
        ({"restart_count": 5}, Standing.FAILED, "crash loop: restarted 5 times, last exit code 0"),
        ({"restart_count": 9, "health": Health("healthy")}, Standing.READY, "healthy"),
    ],
)
def test_one_container(changes: dict[str, object], standing: Standing, reason: str) -> None:
    judged = verdict(Service("a", healthcheck=CHECK if "health" in changes else None), replace(BASE, **changes))  # type: ignore[arg-type]
    assert (judged.standing, judged.reason) == (standing, reason)


def test_a_container_without_a_check_is_up_only_after_a_while() -> None:
    judged = verdict(Service("a"), BASE, running_s=0.4)
    assert judged.standing is Standing.WAITING
    assert judged.recheck_s == pytest.approx(0.6)


def test_restarts_from_before_we_watched_do_not_count() -> None:
    assert verdict(Service("a"), replace(BASE, restart_count=7), restarts_before=7).standing is Standing.READY


@pytest.mark.parametrize("service", [Service("a", ports=(Port(80, "80"),)), Service("a", healthcheck=CHECK)])
def test_a_server_that_ends_with_zero_is_no_one_shot(service: Service) -> None:
    assert verdict(service, replace(BASE, state="exited")).standing is Standing.FAILED


def test_no_container_is_waited_for_and_none_wanted_is_fine() -> None:
    assert verdict(Service("a")) == Verdict("a", Standing.WAITING, "no container")
    assert verdict(Service("a", replicas=0)) == Verdict("a", Standing.DONE, "no container wanted")


def test_the_worst_replica_decides() -> None:
    fine, sick = BASE, replace(BASE, id="c2", number=2, state="exited", exit_code=1)
    judged = verdict(Service("a", replicas=2), fine, sick)
    assert (judged.standing, judged.container) == (Standing.FAILED, sick)


def test_a_missing_replica_is_waited_for() -> None:
    assert verdict(Service("a", replicas=2), BASE).reason == "1 of 2 containers"
