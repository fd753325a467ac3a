"""A restart takes those along that share a namespace with what is restarted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from seatrial.engine import Ran, UpRequest
from seatrial.engine.facts import Check, Facts
from seatrial.engine.memory import MemoryEngine, Script
from seatrial.engine.observed import Health, Snapshot
from seatrial.lifecycle.readiness import Rules
from seatrial.lifecycle.references import cut_off
from seatrial.project import Project
from seatrial.stack import Service, Stack
from seatrial.watch.restarts import restarted
from seatrial.watch.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.engine.how import How

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


@dataclass
class Checked(MemoryEngine):
    """Has health checks that pass and that the engine itself has yet to run: its interval is long."""

    def facts(self, container_ids: Sequence[str]) -> tuple[Facts, ...]:
        return tuple(replace(facts, check=Check(("CMD", "probe"))) for facts in super().facts(container_ids))

    def run(self, container_id: str, command: Sequence[str], limit_s: float, **how: Unpack[How]) -> Ran | None:
        super().run(container_id, command, limit_s, **how)
        return Ran(0, "")


def test_a_restart_for_a_saved_file_runs_the_health_check_itself() -> None:
    stack = Stack("shop", (Service("web"),))
    engine = Checked(stack, {"web": Script(health=Health("starting"))})
    list(engine.up(PROJECT, UpRequest()))
    scene = Scene(engine, PROJECT, stack, (), lambda _: None, Rules(stable_s=0.0))
    result = restarted(scene, "web")
    assert result.outcome.up
    assert [command for _, command in engine.commands] == [("probe",)]
