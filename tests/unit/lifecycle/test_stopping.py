"""Stopping on the engine without Docker: the order, and what goes wrong meanwhile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seatrial.engine import UpRequest
from seatrial.engine.memory import MemoryEngine, Script
from seatrial.errors import EngineUnreachable, RunFailed
from seatrial.lifecycle.stop_order import turns
from seatrial.lifecycle.stopping import Halt, stop_in_order
from seatrial.project import Project
from seatrial.stack import Dependency, Service, Stack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.lifecycle.stopped import Stops

STACK = Stack(
    "shop",
    (
        Service("web", depends_on=(Dependency("api"),)),
        Service("api", depends_on=(Dependency("db"),)),
        Service("db"),
        Service("mail"),
    ),
)
PROJECT = Project(Path("/shop"), (Path("/shop/compose.yaml"),))


class Stubborn(MemoryEngine):
    """Fails to stop the services named; `gone` are removed by somebody else in that moment."""

    stubborn: tuple[str, ...] = ()
    gone = False
    unreachable = False
    by_compose: tuple[str, ...] = ()

    def stop_container(self, container_id: str, limit_s: float, grace_s: int | None = None) -> None:
        if self.unreachable:
            raise EngineUnreachable("the engine is gone", fix="start it")
        if self.containers[container_id].service in self.stubborn:
            if self.gone:
                del self.containers[container_id]
            raise RunFailed("it does not end", fix="look into it")
        super().stop_container(container_id, limit_s, grace_s)

    def stop(self, project: Project, services: Sequence[str], grace_s: int | None = None) -> None:
        self.by_compose += tuple(services)
        super().stop(project, services, grace_s)


def stopping(engine: MemoryEngine, *, remove: bool = False) -> Stops:
    list(engine.up(PROJECT, UpRequest()))
    told: list[str] = []
    halt = Halt(engine, PROJECT, engine.model, told.append, remove=remove)
    return stop_in_order(halt, turns(engine.model, engine.snapshot("shop").containers))


def kills(engine: MemoryEngine) -> list[str]:
    return [event.service for event in engine._happened if event.action == "kill"]


def test_each_goes_after_those_that_need_it() -> None:
    engine = MemoryEngine(STACK)
    stops = stopping(engine)
    assert [name for name in kills(engine) if name != "mail"] == ["web", "api", "db"]
    assert {one.service: one.exit_code for one in stops.stopped} == dict.fromkeys(("web", "api", "db", "mail"), 143)
    assert not stops.failures


def test_containers_that_are_to_be_removed_are_gone_afterwards() -> None:
    engine = MemoryEngine(STACK)
    assert len(stopping(engine, remove=True).stopped) == 4
    assert engine.containers == {}


def test_what_needs_no_stop_is_nothing() -> None:
    engine = MemoryEngine(STACK, dict.fromkeys(STACK.names, Script("exited")))
    assert stopping(engine).stopped == ()


def test_what_somebody_needs_that_cannot_be_stopped_is_left_and_the_others_are_not() -> None:
    engine = Stubborn(STACK)
    engine.stubborn = ("api",)
    stops = stopping(engine)
    assert stops.left == ("db",)
    assert set(stops.failures or {}) == {"api"}
    assert {c.service for c in engine.containers.values() if c.state == "running"} == {"api", "db"}


def test_one_that_is_removed_by_somebody_else_is_gone_and_no_failure() -> None:
    engine = Stubborn(STACK)
    engine.stubborn, engine.gone = ("api",), True
    stops = stopping(engine)
    assert (stops.failures, stops.left) == ({}, ())
    assert next(one.exit_code for one in stops.stopped if one.service == "api") is None


def test_an_engine_that_is_gone_is_the_end_of_it() -> None:
    engine = Stubborn(STACK)
    engine.unreachable = True
    with pytest.raises(EngineUnreachable):
        stopping(engine)


def test_what_only_compose_does_at_a_stop_is_composes() -> None:
    services = tuple(replace(s, pre_stop=s.name == "api") for s in STACK.services)
    engine = Stubborn(replace(STACK, services=services))
    stops = stopping(engine)
    assert engine.by_compose == ("api",)
    assert len(stops.stopped) == 4
    assert [name for name in kills(engine) if name != "mail"] == ["web", "api", "db"]
