"""How services are at one look: what is trouble, and what somebody wanted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seatrial.engine.observed import Container, Health, LogLine, Snapshot, Usage
from seatrial.engine.stamps import nanoseconds
from seatrial.lifecycle.figures import Figures
from seatrial.lifecycle.overview import Grade, overview
from seatrial.stack import HealthCheck, Service, Stack

STARTED = "2026-01-01T00:00:00Z"
NOW_NS = nanoseconds("2026-01-01T02:00:00Z")
RUNNING = Container("1", "shop-web-1", "web", "running", started_at=STARTED)
WEB = Service("web", "nginx", healthcheck=HealthCheck(("CMD", "true")))


def seen(container: Container, service: Service = WEB) -> tuple[Grade, str]:
    (row,) = overview(Stack("shop", (service,)), Snapshot((container,)), {}, NOW_NS)
    return row.grade, row.state


@pytest.mark.parametrize(
    ("changes", "grade", "state"),
    [
        ({}, Grade.UP, "running"),
        ({"health": Health("healthy")}, Grade.UP, "healthy"),
        ({"health": Health("healthy", 2)}, Grade.UNSETTLED, "healthy, 2 failed"),
        ({"health": Health("starting")}, Grade.UNSETTLED, "starting"),
        ({"health": Health("unhealthy", 4)}, Grade.TROUBLE, "unhealthy, 4 failed"),
        ({"state": "restarting", "exit_code": 3}, Grade.TROUBLE, "restarting, exit 3"),
        ({"restart_count": 9}, Grade.UP, "running"),
        ({"restart_count": 9, "started_at": "2026-01-01T01:59:58Z"}, Grade.TROUBLE, "running again"),
        ({"state": "exited", "exit_code": 1}, Grade.TROUBLE, "exited 1"),
        ({"state": "exited", "exit_code": 137, "oom_killed": True}, Grade.TROUBLE, "exited 137, out of memory"),
        ({"state": "exited", "exit_code": 143}, Grade.ENDED, "ended, exit 143"),
        ({"state": "exited"}, Grade.ENDED, "ended, exit 0"),
        ({"state": "created", "error": "no such file"}, Grade.TROUBLE, "could not be started"),
        ({"state": "created"}, Grade.UNSETTLED, "created"),
        ({"state": "paused"}, Grade.TROUBLE, "paused"),
    ],
)
def test_a_state_is_graded_by_whether_somebody_should_look(
    changes: dict[str, object], grade: Grade, state: str
) -> None:
    assert seen(replace(RUNNING, **changes)) == (grade, state)  # type: ignore[arg-type]


def test_a_one_shot_that_ended_well_is_done() -> None:
    assert seen(replace(RUNNING, state="exited"), Service("web", "migrate")) == (Grade.DONE, "done")


def test_the_worst_container_of_a_service_speaks_for_it_and_figures_are_added() -> None:
    broken = replace(RUNNING, id="2", number=2, state="exited", exit_code=1, restart_count=2)
    figures = {
        "1": Figures(0.5, 100, 1000, LogLine("", "fine")),
        "2": Figures(said=LogLine("", "broken")),
    }
    stack = Stack("shop", (replace(WEB, replicas=2),))
    (row,) = overview(stack, Snapshot((RUNNING, broken)), figures, NOW_NS)
    assert (row.grade, row.state, row.said) == (Grade.TROUBLE, "1 of 2 exited 1", "broken")
    assert (row.cores, row.memory_bytes, row.restarts, row.age_s) == (0.5, 100, 2, 7200.0)


def test_a_replica_that_is_missing_leaves_a_service_unsettled() -> None:
    (row,) = overview(Stack("shop", (replace(WEB, replicas=2),)), Snapshot((RUNNING,)), {}, NOW_NS)
    assert (row.grade, row.state) == (Grade.UNSETTLED, "1 of 2 running")


def test_trouble_stands_first_and_the_rest_in_the_order_of_the_stack_with_what_only_containers_tell_of() -> None:
    stack = Stack("shop", (Service("a", "x"), Service("b", "x"), Service("c", "x"), Service("d", "x")))
    containers = (
        replace(RUNNING, id="a", service="a"),
        replace(RUNNING, id="b", service="b", state="exited", exit_code=1),
        replace(RUNNING, id="c", service="c"),
        replace(RUNNING, id="z", service="renamed"),
    )
    assert [row.service for row in overview(stack, Snapshot(containers), {}, NOW_NS)] == ["b", "a", "c", "renamed", "d"]


def test_two_readings_tell_the_use_of_a_processor_and_a_new_start_tells_nothing() -> None:
    before, after = Usage(10.0, 1, 1, 0), Usage(10.5, 1, 1, 2 * 10**9)
    assert after.cores_since(before) == 0.25
    assert before.cores_since(before) is None
    assert Usage(0.1, 1, 1, 2 * 10**9).cores_since(before) is None
