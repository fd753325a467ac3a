"""What `down` does about containers that are still there when all have ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from seatrial.engine import UpRequest
from seatrial.engine.memory import MemoryEngine, Script
from seatrial.errors import RunFailed
from seatrial.lifecycle.leftovers import clear, own_networks, own_volumes
from seatrial.lifecycle.stop_order import turns
from seatrial.lifecycle.stopping import Halt, stop_in_order
from seatrial.project import Project
from seatrial.stack import Service, Stack, parse

STACK = Stack("shop", (Service("web"), Service("once")))
PROJECT = Project(Path("/shop"), (Path("/shop/compose.yaml"),))


@dataclass
class Busy(MemoryEngine):
    """Something holds its containers: so many removals fail."""

    refusals: int = 0

    def remove_container(self, container_id: str, *, volumes: bool) -> None:
        if self.refusals:
            self.refusals -= 1
            raise RunFailed("the device is busy", fix="look for what holds it")
        super().remove_container(container_id, volumes=volumes)


def ended(engine: MemoryEngine, volumes: tuple[str, ...] = ()) -> dict[str, RunFailed]:
    list(engine.up(PROJECT, UpRequest()))
    before = tuple(engine.containers.values())
    halt = Halt(engine, PROJECT, STACK, lambda _: None, remove=True)
    return clear(halt, before, stop_in_order(halt, turns(STACK, before)), volumes)


def test_what_had_ended_before_is_removed_too() -> None:
    engine = Busy(STACK, {"once": Script("exited")})
    ended(engine)
    assert not engine.containers


def test_one_that_could_not_be_removed_when_it_ended_is_removed_now() -> None:
    engine = Busy(STACK, {"once": Script("exited")}, refusals=1)
    ended(engine)
    assert not engine.containers


def test_one_that_cannot_be_removed_is_not_told_as_removed() -> None:
    kept = ended(Busy(STACK, refusals=99), ("shop_data",))
    assert sorted(kept) == ["shop-once-1", "shop-web-1"]
    assert "device is busy" in kept["shop-web-1"].what


def test_a_volume_that_another_container_uses_is_reported_with_that_container() -> None:
    kept = ended(Busy(replace(STACK, volumes=("shop_data",)), refusals=99), ("shop_data",))
    assert "shop-web-1" in kept["volume shop_data"].what
    assert kept["volume shop_data"].fix == (
        "docker stop shop-once-1 shop-web-1 && docker rm shop-once-1 shop-web-1 (ask the owner first),"
        " then `seatrial down --volumes --yes` again"
    )


def test_a_volume_that_the_file_calls_external_is_never_deleted_whatever_its_label() -> None:
    model = '{"name": "shop", "volumes": {"far": {"external": true, "name": "far"}, "own": {"name": "shop_own"}}}'
    engine = MemoryEngine(parse(model), volume_names=("far", "shop_own"))
    assert own_volumes(engine, engine.model, delete=True) == (("shop_own",), ())
    engine.volume_names = ("far",)
    assert own_volumes(engine, engine.model, delete=True) == ((), ())


def test_networks_of_others_are_not_the_projects_own() -> None:
    model = '{"name": "shop", "networks": {"default": null, "far": {"external": true}, "own": {"name": "x"}}}'
    assert own_networks(parse(model)) == ("default", "own")
