"""Which containers are kept equal, as they come and go and as the rules change."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from seatrial.engine.observed import Container, Snapshot
from seatrial.errors import EngineUnreachable
from seatrial.stack import Service, Stack
from seatrial.watch import containers as module
from seatrial.watch.containers import Containers
from seatrial.watch.rule import Rule
from seatrial.watch.scene import Scene
from seatrial.watch.sieve import Sieve

if TYPE_CHECKING:
    from collections.abc import Iterable


class Kept:
    """In a lane's place: what it is asked for."""

    made: list[Kept]

    def __init__(self, scene: Scene, _sources: object, _workers: object, container: Container, **more: Any) -> None:
        self.container, self.cause, self.lost, self.pending = container, more["cause"], False, 0
        self.adopted: list[tuple[int, str]] = []
        self.looked: list[str] = []
        Kept.made.append(self)

    def adopt(self, scene: Scene, cause: str) -> None:
        self.adopted.append((len(scene.rules), cause))

    def anew(self, cause: str) -> None:
        self.looked.append(cause)


class Standing:
    """An engine with these containers; None is an engine that is gone."""

    def __init__(self, *containers: Container) -> None:
        self.containers: tuple[Container, ...] | None = containers

    def snapshot(self, _name: str) -> Snapshot:
        if self.containers is None:
            raise EngineUnreachable("gone", fix="start it")
        return Snapshot(self.containers)

    def look(self, ids: Iterable[str]) -> tuple[Container, ...]:
        return tuple(one for one in self.containers or () if one.id in ids)


@pytest.fixture(autouse=True)
def _lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    Kept.made = []
    monkeypatch.setattr(module, "Lane", Kept)


WEB, API = Container("c1", "p-web-1", "web", "running"), Container("c2", "p-api-1", "api", "running")


def rule(service: str) -> Rule:
    return Rule(service, "sync", "/p/src", "/app", Sieve("/p/src"))


def scene(engine: Standing, *services: str) -> Scene:
    nobody: Any = None
    stack = Stack("p", (Service("web"), Service("api")))
    return Scene(engine, nobody, stack, tuple(rule(name) for name in services), lambda _: None)  # type: ignore[arg-type]


def begun(engine: Standing, *services: str) -> Containers:
    nobody: Any = SimpleNamespace()
    found = Containers(scene(engine, *services), nobody, nobody, lambda *_: None)
    found.connected()
    return found


def test_with_other_rules_the_same_containers_go_by_them_and_further_ones_are_kept() -> None:
    engine = Standing(WEB, API)
    found = begun(engine, "web")
    assert [one.container.name for one in Kept.made] == ["p-web-1"]
    found.adopt(scene(engine, "web", "api"))
    web, api = Kept.made
    assert web.adopted == [(2, "its rules have changed")]
    assert (api.container.name, api.cause) == ("p-api-1", "its rules have changed")
    assert api.adopted == []

    found.adopt(scene(engine, "api"))
    found.connected()
    assert web.looked == []
    assert api.looked == ["a new container"]


def test_rules_that_came_while_the_engine_was_gone_count_when_it_is_back() -> None:
    engine = Standing(WEB, API)
    found = begun(engine, "web")
    engine.containers = None
    with pytest.raises(EngineUnreachable):
        found.adopt(scene(engine, "web", "api"))
    engine.containers = (WEB, API)
    found.connected()
    assert [one.container.name for one in Kept.made] == ["p-web-1", "p-api-1"]


def test_a_container_that_is_about_to_be_renamed_is_called_as_it_will_be() -> None:
    begun(Standing(Container("c3", "2d047630b017_p-web-1", "web", "created")), "web")
    assert Kept.made[0].container.name == "p-web-1"
