"""What `drill --dry` prints: every drill at every place, in the order of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.drill import Drill, Scope
from seatrial.drill.plan import planned
from seatrial.drill.service.extension import Extension, Gap
from seatrial.drill.service.extension.declared import Declared
from seatrial.drill.unwanted import one_shots
from seatrial.engine.observed import Container, Snapshot
from seatrial.stack import Dependency, HealthCheck, Port, Service, Stack

if TYPE_CHECKING:
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording
    from seatrial.drill.verdict import Verdict

STACK = Stack("shop", (Service("web", depends_on=(Dependency("db", "service_started"),)), Service("db")))


def judge(_: Recording) -> Verdict:
    raise NotImplementedError


def record(_: Scene, __: Place) -> Recording:
    raise NotImplementedError


DRILLS = (
    Drill("anatomy", "it is caught", judge, record, looks=True),
    Drill("graceful-stop", "it stops", judge, record),
    Drill("stop-config", "it can stop", judge),
    Drill("dependency-stop", "it survives", judge, record, scope=Scope.EDGE),
    Drill("stop-order", "in order", judge, record, scope=Scope.STACK),
)


def test_what_looks_comes_first_then_services_edges_and_the_stack() -> None:
    assert str(planned(STACK, STACK.names, DRILLS, Declared(), {})).splitlines() == [
        "look at web: anatomy (it is caught)",
        "look at web: stop-config (it can stop)",
        "look at db: anatomy (it is caught)",
        "look at db: stop-config (it can stop)",
        "act on web: graceful-stop (it stops)",
        "act on db: graceful-stop (it stops)",
        "act on web > db: dependency-stop (it survives)",
        "act on stop-order (in order)",
    ]


def test_what_is_skipped_or_known_is_told() -> None:
    said = {
        "web": Extension(skip={"graceful-stop": "a batch job"}, known=(Gap("anatomy", "no-handler", "issue 12"),)),
        "": Extension(skip={"stop-order": "one service"}),
    }
    told = str(planned(STACK, STACK.names, DRILLS, Declared(said), {})).splitlines()
    assert "skip web: graceful-stop (a batch job)" in told
    assert "look at web: anatomy (it is caught; known: no-handler)" in told
    assert told[-1] == "skip stop-order (one service)"


def test_a_chosen_service_says_nothing_of_the_whole_stack() -> None:
    told = str(planned(STACK, ("db",), DRILLS, Declared(), {})).splitlines()
    assert [line.split(" (")[0] for line in told] == [
        "look at db: anatomy",
        "look at db: stop-config",
        "act on db: graceful-stop",
    ]


def test_no_drill_applies_to_a_one_shot() -> None:
    check = HealthCheck(("CMD", "true"))
    services = (
        Service(
            "api",
            depends_on=(Dependency("migrate", "service_completed_successfully"),),
            healthcheck=check,
            restart="no",
        ),
        Service("migrate", healthcheck=check),  # both share one anchor
        Service("base"),
        Service("web", ports=(Port(80, "8080"),)),
        Service("worker"),
        Service("again", restart="always"),
    )
    stack = Stack("shop", services)
    ended = [Container(n, f"shop-{n}-1", n, "exited") for n in ("migrate", "base", "web")]
    others = [
        Container("w", "shop-worker-1", "worker", "exited", exit_code=1),
        Container("a", "shop-again-1", "again", "exited", restart_policy="always"),
        Container("r", "shop-api-1", "api", "running"),
    ]
    found = one_shots(stack, Snapshot((*ended, *others)))
    assert set(found) == {"migrate", "base"}
    assert set(one_shots(stack, Snapshot())) == {"migrate"}, "the project declares it before anything has run"
    lines = str(planned(stack, ("base", "migrate"), DRILLS, Declared(), found)).splitlines()
    assert all(line.startswith(("skip base: ", "skip migrate: ")) for line in lines)
    assert "one-shot" in lines[0]
