"""What `down`, `stop` and `restart` would do, as text."""

from __future__ import annotations

from seatrial.engine.observed import Container, Snapshot
from seatrial.lifecycle.down import plan_down, plan_restart, plan_stop
from seatrial.stack import Dependency, Service, Stack

STACK = Stack(
    "shop",
    (Service("web", depends_on=(Dependency("api"),)), Service("api", depends_on=(Dependency("db"),)), Service("db")),
)


def container(service: str, state: str = "running", *, one_off: bool = False) -> Container:
    return Container(service, f"shop-{service}-1", service, state, one_off=one_off)


ALL = Snapshot((container("db"), container("api", "exited"), container("web")))


def test_down_removes_dependants_first_and_keeps_volumes() -> None:
    assert str(plan_down(STACK, ALL, ["shop_data"], delete_volumes=False)) == (
        "remove shop-web-1 (running)\nremove shop-api-1 (exited)\nremove shop-db-1 (running)\n"
        "keep volume shop_data (holds data)"
    )


def test_down_deletes_volumes_only_when_asked() -> None:
    assert "delete volume shop_data (--volumes)" in str(plan_down(STACK, ALL, ["shop_data"], delete_volumes=True))


def test_down_predicts_that_a_volume_stays_which_a_container_of_others_uses() -> None:
    users = {"shop_data": ("shop-db-1", "foreign"), "shop_own": ("shop-db-1",)}
    plan = str(plan_down(STACK, ALL, ["shop_data", "shop_own"], delete_volumes=True, users=users))
    assert "keep volume shop_data (container foreign uses it)" in plan
    assert "delete volume shop_own (--volumes)" in plan


def test_down_reaches_services_that_are_no_longer_active_and_one_off_containers() -> None:
    snapshot = Snapshot((container("old"), container("db"), container("db", one_off=True)))
    assert str(plan_down(STACK, snapshot, [], delete_volumes=False)) == (
        "remove shop-old-1 (running)\nremove shop-db-1 (running)\nremove shop-db-1 (running, one-off)"
    )


def test_down_of_nothing_is_nothing() -> None:
    plan = plan_down(STACK, Snapshot(), [], delete_volumes=True)
    assert str(plan) == "nothing to do"
    assert not plan.acts


def test_stop_stops_dependants_first_and_leaves_what_does_not_run() -> None:
    assert str(plan_stop(STACK, ALL, [])) == "stop web (running)\nkeep api (already exited)\nstop db (running)"
    assert str(plan_stop(STACK, Snapshot(), ["db"])) == "keep db (already no container)"


def test_restart_goes_dependencies_first_and_cannot_restart_what_is_not_there() -> None:
    assert str(plan_restart(STACK, ALL, [])) == (
        "restart db (asked for; running now)\nrestart api (asked for; exited now; waits for db to be started)\n"
        "restart web (asked for; running now; waits for api to be started)"
    )
    assert str(plan_restart(STACK, ALL, ["web"])) == "restart web (asked for; running now)"
    assert str(plan_restart(STACK, Snapshot(), ["db"])) == "keep db (no container: `up` makes one)"


def test_restart_takes_along_what_asks_for_it_and_tells_what_waits_for_what() -> None:
    optional = Dependency("db", "service_healthy", required=False, restart=True)
    stack = Stack("shop", (Service("web", depends_on=(optional,)), Service("db")))
    assert str(plan_restart(stack, ALL, ["db"])) == (
        "restart db (asked for; running now)\n"
        "restart web (db, which it depends on with `restart: true`, is restarted; waits for db to be healthy)"
    )
