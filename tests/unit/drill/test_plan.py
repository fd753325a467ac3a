"""What `drill --dry` prints: every drill at every place, in the order of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.drill import Drill, Scope
from seatrial.drill.plan import planned
from seatrial.drill.service.extension import Extension, Gap
from seatrial.drill.service.extension.declared import Declared
from seatrial.stack import Dependency, Service, Stack

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
    assert str(planned(STACK, STACK.names, DRILLS, Declared())).splitlines() == [
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
    told = str(planned(STACK, STACK.names, DRILLS, Declared(said))).splitlines()
    assert "skip web: graceful-stop (a batch job)" in told
    assert "look at web: anatomy (it is caught; known: no-handler)" in told
    assert told[-1] == "skip stop-order (one service)"


def test_a_chosen_service_says_nothing_of_the_whole_stack() -> None:
    told = str(planned(STACK, ("db",), DRILLS, Declared())).splitlines()
    assert [line.split(" (")[0] for line in told] == [
        "look at db: anatomy",
        "look at db: stop-config",
        "act on db: graceful-stop",
    ]
