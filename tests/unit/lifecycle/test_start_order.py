"""Who may be started now, who has to wait, and who will wait for ever."""

from __future__ import annotations

import pytest

from seatrial.engine.observed import Container, Health
from seatrial.lifecycle.readiness import Standing, Verdict
from seatrial.lifecycle.start_order import Standings, held, startable, unchecked, unmet, waits_for
from seatrial.stack import Dependency, Service, Stack

HEALTHY, ENDED = "service_healthy", "service_completed_successfully"


def shop(condition: str = HEALTHY, *, required: bool = True) -> Stack:
    edge = Dependency("db", condition, required)
    return Stack("shop", (Service("db"), Service("api", depends_on=(edge,)), Service("web", depends_on=(_on("api"),))))


def _on(name: str) -> Dependency:
    return Dependency(name)


def created(name: str) -> Container:
    return Container(f"{name}1", f"shop-{name}-1", name, "created")


def running(name: str, health: str = "") -> Container:
    return Container(f"{name}1", f"shop-{name}-1", name, "running", Health(health) if health else None)


def stands(db: Standing | None, container: Container | None = None, *, stack: Stack) -> Standings:
    """`db` as given, or yet to be started; the others made and not started."""
    verdicts = {name: Verdict(name, Standing.WAITING, "", created(name)) for name in stack.names}
    pending = {name: (created(name),) for name in stack.names}
    if db is not None:
        verdicts["db"] = Verdict("db", db, "", container)
        del pending["db"]
    return Standings(verdicts, pending)


def begun(stack: Stack, standings: Standings) -> list[str]:
    return [container.service for container in startable(stack, stack.names, standings)]


def test_only_what_depends_on_nothing_is_started_first() -> None:
    assert begun(shop(), stands(None, stack=shop())) == ["db"]


@pytest.mark.parametrize(
    ("condition", "standing", "container", "goes"),
    [
        ("service_started", Standing.WAITING, running("db", "starting"), True),
        (HEALTHY, Standing.WAITING, running("db", "starting"), False),
        (HEALTHY, Standing.READY, running("db", "healthy"), True),
        # Its check has passed, and the engine has yet to ask.
        (HEALTHY, Standing.READY, running("db", "starting"), True),
        (HEALTHY, Standing.READY, running("db"), False),
        (ENDED, Standing.WAITING, running("db"), False),
        (ENDED, Standing.READY, running("db"), False),
        (ENDED, Standing.DONE, Container("db1", "shop-db-1", "db", "exited"), True),
    ],
)
def test_a_dependent_goes_when_its_condition_holds(
    condition: str, standing: Standing, container: Container, *, goes: bool
) -> None:
    stack = shop(condition)
    assert begun(stack, stands(standing, container, stack=stack)) == (["api"] if goes else [])


def test_a_one_shot_of_the_run_before_does_not_count() -> None:
    stack = shop(ENDED)
    before = Container("db1", "shop-db-1", "db", "exited")
    again = Standings({**stands(None, stack=stack).verdicts, "db": Verdict("db", Standing.WAITING, "", before)},
                      {"db": (before,), "api": (created("api"),)})  # fmt: skip
    assert begun(stack, again) == ["db"]


def test_all_replicas_must_be_there() -> None:
    stack = shop("service_started")
    some = stands(Standing.WAITING, running("db"), stack=stack)
    assert begun(stack, Standings(some.verdicts, some.pending, frozenset({"db"}))) == []


def test_a_failed_dependency_holds_its_dependents_and_theirs() -> None:
    stack = shop()
    failed = stands(Standing.FAILED, created("db"), stack=stack)
    assert begun(stack, failed) == []
    assert held(stack, failed) == {"api", "web"}


def test_a_dependency_that_is_not_required_holds_nobody_when_it_fails() -> None:
    stack = shop(required=False)
    failed = stands(Standing.FAILED, created("db"), stack=stack)
    assert begun(stack, failed) == ["api"]
    assert held(stack, failed) == frozenset()


def test_no_container_is_wanted_of_what_is_scaled_to_none() -> None:
    stack = Stack("shop", (Service("db", replicas=0), Service("api", depends_on=(Dependency("db", HEALTHY),))))
    none = Standings({"db": Verdict("db", Standing.DONE, ""), "api": Verdict("api", Standing.WAITING, "")},
                     {"api": (created("api"),)})  # fmt: skip
    assert begun(stack, none) == ["api"]


def test_what_is_waited_for_is_said() -> None:
    stack = shop()
    assert waits_for(unmet(stack, "api", stands(None, stack=stack))) == "waits for db to be healthy"


def test_a_condition_that_can_never_hold_is_said() -> None:
    stack = shop()
    known = stands(Standing.READY, running("db"), stack=stack)
    assert unchecked(stack, "api", known) == "db"
    assert unchecked(shop("service_started"), "api", known) == ""


def test_an_optional_dependency_without_a_check_is_not_waited_for() -> None:
    stack = shop(required=False)
    known = stands(Standing.READY, running("db"), stack=stack)
    assert unchecked(stack, "api", known) == ""
    assert begun(stack, known) == ["api"]


def test_an_optional_dependency_that_can_never_be_started_is_not_waited_for() -> None:
    edges = (Dependency("db", HEALTHY, required=False),)
    stack = Stack("shop", (Service("disk"), Service("db", depends_on=(_on("disk"),)), Service("api", depends_on=edges)))
    known = stands(None, stack=stack)
    pending = {name: known.pending[name] for name in ("db", "api")}
    failed = {**known.verdicts, "disk": Verdict("disk", Standing.FAILED, "", created("disk"))}
    assert begun(stack, Standings(failed, pending)) == ["api"]


def test_what_depends_on_a_service_waits_until_its_hooks_have_run() -> None:
    stack = Stack("shop", (Service("web", depends_on=(Dependency("db"),)), Service("db")))
    running = Verdict("db", Standing.READY, "running", Container("d", "shop-db-1", "db", "running"))
    edges = stack.service("web").depends_on
    assert unmet(stack, "web", Standings({"db": running}, incomplete=frozenset({"db"}))) == edges
    assert unmet(stack, "web", Standings({"db": running})) == ()
