"""What keeps a network from being recreated, before anything is stopped."""

from __future__ import annotations

from seatrial.engine.observed import Container, Snapshot
from seatrial.lifecycle.making_way import network_conflicts
from seatrial.lifecycle.plan import KEEP, NETWORK, Plan, Step
from seatrial.stack import Service, Stack

STACK = Stack("shop", (Service("web"),))
OLD = Container("o1", "shop-old-1", "old", "running")
BEFORE = Snapshot((Container("w1", "shop-web-1", "web", "running"), OLD))
RECREATE = Step("recreate", f"{NETWORK}shop_default", "its subnet changed", ours=True)


def conflicts(orphan: Step, *foreign: str) -> list[tuple[str, str]]:
    on = {str(number): name for number, name in enumerate(("shop-web-1", "shop-old-1", *foreign))}
    found = network_conflicts(STACK, BEFORE, Plan((orphan, RECREATE)), (OLD,), lambda _: on)
    return [(error.what, error.fix) for error in found]


def test_an_orphan_that_is_removed_first_does_not_hold_a_network() -> None:
    assert conflicts(Step("remove", "shop-old-1", "orphan", ours=True)) == []


def test_an_orphan_that_is_kept_holds_it_and_the_fix_removes_it() -> None:
    ((what, fix),) = conflicts(Step(KEEP, "shop-old-1", "orphan"))
    assert "shop-old-1 uses it; nothing was changed" in what
    assert fix == "seatrial up --remove-orphans"


def test_a_container_of_others_is_disconnected_instead() -> None:
    ((what, fix),) = conflicts(Step(KEEP, "shop-old-1", "orphan"), "foreign")
    assert "foreign and shop-old-1 use it" in what
    assert fix == "docker network disconnect shop_default foreign; seatrial up --remove-orphans"
