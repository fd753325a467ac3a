"""A restart takes those along that share a namespace with what is restarted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from seatrial.engine import UpRequest
from seatrial.engine.memory import MemoryEngine
from seatrial.engine.observed import Snapshot
from seatrial.lifecycle.readiness import Rules
from seatrial.lifecycle.references import cut_off
from seatrial.project import Project
from seatrial.stack import Service, Stack
from seatrial.watch.restarts import restarted
from seatrial.watch.scene import Scene

PROJECT = Project(Path("/shop"), (Path("/shop/compose.yaml"),))


def test_a_restart_for_a_saved_file_restarts_the_guests_too() -> None:
    stack = Stack("shop", (Service("vpn"), Service("side"), Service("other")))
    engine = MemoryEngine(stack)
    list(engine.up(PROJECT, UpRequest()))
    owner, side, other = engine.containers.values()
    engine.containers[side.id] = replace(side, joins=(owner.id,))
    scene = Scene(engine, PROJECT, stack, (), lambda _: None, Rules(stable_s=0.0))
    result = restarted(scene, "vpn")
    assert result.outcome.up
    assert [verdict.service for verdict in result.outcome.verdicts] == ["vpn", "side"]
    after = Snapshot(tuple(engine.containers.values()))
    assert after.by_id(owner.id) != owner
    assert after.by_id(other.id) == other
    assert not cut_off(after.containers)
