"""One container is brought to what the tree holds, whatever fails on the way."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from seatrial.engine.observed import Container
from seatrial.errors import ContainerGone, EngineUnreachable
from seatrial.stack import Stack
from seatrial.watch import lane as module
from seatrial.watch.found import Found
from seatrial.watch.happenings import Happening, NotSynced, Synced
from seatrial.watch.lane import Lane
from seatrial.watch.rules import Rule
from seatrial.watch.scene import Scene
from seatrial.watch.sieve import Sieve
from seatrial.watch.stamp import Stamp
from seatrial.watch.sync import Batch, Delivered, Destination, Sent

if TYPE_CHECKING:
    from collections.abc import Callable


class World:
    """A lane whose container takes what `answers` say, the next time that it is sent something."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.entries: dict[str, Stamp] = {}
        self.batches: list[Batch] = []
        self.failing: dict[str, str] = {}
        self.error: Exception | None = None
        self.told: list[Happening] = []
        self.acted: list[frozenset[str]] = []
        self.looks = 0
        self.gone: set[str] = set()
        self.absent: frozenset[str] = frozenset()
        self.workers = SimpleNamespace(begin=self._begin)
        monkeypatch.setattr(module, "send", self._send)
        monkeypatch.setattr(module, "found_in", self._found)
        rule = Rule("web", "sync", "/p/src", "/app", Sieve("/p/src"))
        nobody: Any = None
        scene = Scene(nobody, nobody, Stack("p"), (rule,), self.told.append)
        sources: Any = SimpleNamespace(tree=SimpleNamespace(entries=self.entries), contents=None, gone=self.gone)
        self.lane = Lane(
            scene,
            sources,
            self.workers,  # type: ignore[arg-type]
            Container("c1", "p-web-1", "web", "running"),
            acted=lambda _, hosts: self.acted.append(hosts),
            cause="watching has begun",
        )

    def write(self, name: str, at: int = 1) -> str:
        path = f"/p/src/{name}"
        self.entries[path] = Stamp("file", 0o644, 1, at, at, 1)
        return path

    def _begin(self, job: Callable[[], Any], then: Callable[[Any], None]) -> None:
        try:
            answer = job()
        except Exception as error:  # noqa: BLE001  as a worker does
            answer = error
        then(answer)

    def _found(self, *_: object) -> Found:
        self.looks += 1
        if self.error:
            raise self.error
        return Found(Destination("c1"), {})

    def _send(self, _engine: object, _there: object, batch: Batch, *_: object) -> Delivered:
        self.batches.append(batch)
        if self.error:
            raise self.error
        sent = {
            path: Sent(self.entries[host], "d")
            for path, host in batch.put.items()
            if path not in self.failing and host in self.entries
        }
        failed = {path: self.failing[path] for path in (*batch.put, *batch.delete) if path in self.failing}
        return Delivered(sent, frozenset(batch.delete) - failed.keys(), failed, absent=self.absent)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_it_begins_with_a_look_and_sends_what_differs(world: World) -> None:
    world.write("a")
    world.gone.add("/p/src/old")
    world.lane.pump(1.0)
    world.lane.pump(1.0)
    assert world.batches == [Batch({"/app/a": "/p/src/a"}, ("/app/old",))]
    (told,) = world.told
    assert isinstance(told, Synced)
    assert told.cause == "watching has begun"
    assert world.lane.due_at() is None


def test_what_fails_keeps_nothing_else_waiting_and_is_tried_again(world: World) -> None:
    world.lane.pump(1.0)
    world.failing["/app/big"] = "no space left on device"
    world.lane.touch([world.write("big")], 2.0)
    world.lane.pump(2.0)
    assert isinstance(world.told[-1], NotSynced)
    again_s = world.lane.due_at()
    assert again_s is not None
    assert again_s > 2.0
    assert world.lane.errors == ("p-web-1: /app/big: no space left on device",)

    world.lane.touch([world.write("b")], 2.1)
    world.lane.pump(2.1)
    assert world.batches[-1] == Batch({"/app/b": "/p/src/b"})

    world.failing.clear()
    world.lane.pump(again_s)
    assert world.batches[-1] == Batch({"/app/big": "/p/src/big"})
    assert world.lane.pending == 0
    assert not world.lane.errors


def test_a_file_that_failed_and_then_vanished_is_taken_away_there_too(world: World) -> None:
    world.lane.pump(1.0)
    world.failing["/app/big"] = "a part of it is there"
    world.lane.touch([path := world.write("big")], 2.0)
    world.lane.pump(2.0)
    world.failing.clear()
    del world.entries[path]
    world.lane.touch([path], 3.0)
    world.lane.pump(3.0)
    assert world.batches[-1] == Batch({}, ("/app/big",))


def test_what_was_on_its_way_when_the_engine_went_is_sent_later(world: World) -> None:
    world.lane.pump(1.0)
    world.error = EngineUnreachable("gone", fix="start it")
    world.lane.touch([world.write("a")], 2.0)
    world.lane.pump(2.0)
    assert world.lane.pending == 1
    world.error = None
    world.lane.hasten()
    world.lane.pump(2.5)
    assert world.batches[-1] == Batch({"/app/a": "/p/src/a"})
    assert world.lane.pending == 0


def test_a_container_that_is_gone_is_given_up(world: World) -> None:
    world.error = ContainerGone("gone", fix="up makes one")
    world.lane.pump(1.0)
    assert world.lane.lost
    assert world.lane.due_at() is None


def test_what_happens_while_it_is_looked_at_leads_to_another_look(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = world._found

    def restarted_meanwhile(*asked: object) -> Found:
        if world.looks == 0:
            world.lane.anew("it was restarted")
        return found(*asked)

    monkeypatch.setattr(module, "found_in", restarted_meanwhile)
    world.lane.pump(1.0)
    world.lane.pump(1.0)
    assert world.looks == 2


def test_only_what_is_other_than_before_leads_to_anything(world: World) -> None:
    world.lane.pump(1.0)
    world.lane.touch([world.write("a")], 2.0)
    world.lane.pump(2.0)
    world.lane.touch([world.write("a", at=2)], 3.0)
    world.lane.pump(3.0)  # of equal content
    assert world.acted == [frozenset({"/p/src/a"})]


def test_a_restart_waits_for_what_was_saved_before_it_was_wanted_and_for_no_more(world: World) -> None:
    assert not world.lane.owes(1.0, 1.0)
    world.lane.pump(1.0)
    world.lane.touch([world.write("a")], 2.0)
    assert world.lane.owes(2.0, 2.0)
    assert not world.lane.owes(1.9, 2.0)

    begin = world.workers.begin
    on_its_way: list[bool] = []

    def sending(job: Callable[[], Any], then: Callable[[Any], None]) -> None:
        on_its_way.extend((world.lane.owes(2.0, 2.5), world.lane.owes(1.9, 2.5)))
        begin(job, then)

    world.workers.begin = sending
    world.lane.pump(2.0)
    assert on_its_way == [True, False]
    assert not world.lane.owes(3.0, 3.0)

    world.failing["/app/b"] = "no space left on device"  # tried again in pauses: nothing waits for it
    world.lane.touch([world.write("b")], 4.0)
    world.lane.pump(4.0)
    assert not world.lane.owes(5.0, 5.0)


def test_what_was_not_there_is_not_told_as_deleted(world: World) -> None:
    world.gone.add("/p/src/old")
    world.absent = frozenset({"/app/old"})
    world.lane.pump(1.0)
    world.lane.pump(1.0)
    assert world.batches == [Batch({}, ("/app/old",))]
    assert (world.told, world.acted) == ([], [])


def test_other_rules_lead_to_a_look_by_them_and_equal_ones_to_none(world: World) -> None:
    world.entries["/p/other/b"] = Stamp("file", 0o644, 1, 1, 1, 1)
    world.lane.pump(1.0)
    world.write("a")
    world.lane.touch(["/p/src/a"], 2.0)
    scene = world.lane._scene
    world.lane.adopt(replace(scene, timeout_s=1.0), "not looked at")
    assert world.lane.pending == 1
    assert world.looks == 1

    other = Rule("web", "sync", "/p/other", "/other", Sieve("/p/other"), number=2)
    world.lane.adopt(replace(scene, rules=(*scene.rules, other)), "its rules have changed")
    world.lane.pump(2.0)
    world.lane.pump(2.0)
    assert world.looks == 2
    assert world.batches == [Batch({"/app/a": "/p/src/a", "/other/b": "/p/other/b"})]
    (told,) = world.told
    assert isinstance(told, Synced)
    assert told.cause == "its rules have changed"
