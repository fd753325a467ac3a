"""Watching: what a single look cannot tell."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.engine.inside.listeners import UnreachablePort
from seatrial.engine.memory import MemoryEngine
from seatrial.engine.observed import Container, Event, Snapshot
from seatrial.lifecycle import bring_up, runs
from seatrial.lifecycle.bring_up import ended
from seatrial.lifecycle.plan import Plan
from seatrial.lifecycle.readiness import Rules, Standing
from seatrial.lifecycle.runs import Runs
from seatrial.lifecycle.stage import Stage
from seatrial.lifecycle.unreachable import Unreachable
from seatrial.lifecycle.wait import Watch
from seatrial.project import Project
from seatrial.report import show
from seatrial.stack import Service, Stack

if TYPE_CHECKING:
    import pytest

PROJECT = Project(Path(), (Path("compose.yaml"),))
STACK = Stack("shop", (Service("a", restart="always"),))
LOOP = Container("a1", "shop-a-1", "a", "restarting", exit_code=1, restart_count=9, restart_policy="always")


def watched(before: Container, now: Container, *, stable_s: float = 1.0) -> Standing:
    engine = MemoryEngine(STACK, containers={now.id: now})
    stage = Stage(engine, PROJECT, STACK, Snapshot((before,)), print, Rules(stable_s=stable_s))
    return Watch(stage, ["a"]).look(others=[now.id]).verdicts[0].standing


def test_a_container_that_is_in_back_off_already_is_in_a_crash_loop_at_once() -> None:
    assert watched(LOOP, LOOP) is Standing.FAILED


def test_a_container_that_has_run_for_long_is_up_however_often_it_was_restarted_before() -> None:
    running = replace(LOOP, state="running", started_at="2026-01-01T00:00:00Z")
    assert watched(running, running) is Standing.READY


def test_what_was_seen_of_the_runs_is_kept_for_the_next_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    engine = MemoryEngine(STACK, containers={LOOP.id: LOOP})
    stage = Stage(engine, PROJECT, STACK, Snapshot((LOOP,)), print)
    watch = Watch(stage, ["a"])
    watch.look()
    watch.remember()
    assert runs.load(PROJECT, "shop") == {"a1": Runs("", ended=True, restarts=9, base=None)}


def test_a_container_that_was_just_started_must_run_for_a_moment_first() -> None:
    created = replace(LOOP, state="created", restart_count=0)
    started = replace(created, state="running", started_at="2026-01-01T00:00:00Z")
    assert watched(created, started) is Standing.WAITING
    assert watched(created, started, stable_s=0) is Standing.READY


def test_an_engine_whose_clock_is_an_hour_off_tells_the_same_times() -> None:
    began_ns = time.time_ns()
    stamp = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    now = replace(LOOP, state="running", restart_count=0, started_at=stamp)
    engine = MemoryEngine(STACK, containers={now.id: now})
    watch = Watch(Stage(engine, PROJECT, STACK, Snapshot(), print, Rules(stable_s=0)), ["a"])
    outcome = watch.look([Event("start", now.id, "a", began_ns + 3600 * 10**9)])
    ready_s = outcome.times["a"].ready
    assert ready_s is not None
    assert ready_s < 5


def test_an_optional_service_that_fails_does_not_hold_up_the_rest() -> None:
    """The others have been up for long: what it does next is not waited for. One that is not optional is."""
    stack = Stack("shop", (Service("a"), Service("b", restart="always", optional=True)))
    up = Container("a1", "shop-a-1", "a", "running", started_at="2026-01-01T00:00:00Z")
    failing = replace(LOOP, id="b1", service="b", restart_count=2, started_at="2026-01-01T00:01:00Z")
    engine = MemoryEngine(stack, containers={"a1": up, "b1": failing})
    stage = Stage(engine, PROJECT, stack, Snapshot((up, failing)), print)
    outcome = Watch(replace(stage, optional=stack.optional(())), ["a", "b"]).look()
    assert outcome.up
    assert [v.service for v in outcome.missing] == ["b"]
    assert not Watch(stage, ["a", "b"]).look().up


def test_an_optional_service_that_was_just_started_may_try_again() -> None:
    stack = Stack("shop", (Service("a"), Service("b", restart="always", optional=True)))
    up = Container("a1", "shop-a-1", "a", "running", started_at="2026-01-01T00:00:00Z")
    created = Container("b1", "shop-b-1", "b", "created", restart_policy="always")
    failing = replace(created, state="restarting", exit_code=1, restart_count=1, started_at="2026-01-01T00:01:00Z")
    engine = MemoryEngine(stack, containers={"a1": up, "b1": failing})
    stage = Stage(engine, PROJECT, stack, Snapshot((up, created)), print, optional=stack.optional(()))
    watch = Watch(stage, ["a", "b"], starts=True)
    watch.look()
    assert not watch.look(others=["b1"]).up


def test_what_fails_beside_the_service_that_failed_for_good_is_explained_too() -> None:
    stack = Stack("shop", tuple(Service(name, restart="always") for name in ("a", "b", "c")))
    soon = replace(LOOP, id="b1", service="b", restart_count=1, started_at="2026-01-01T00:00:00Z")
    starting = Container("c1", "shop-c-1", "c", "running", started_at=datetime.now(UTC).isoformat())
    there = Snapshot((replace(LOOP, started_at="2099-01-01T00:00:00Z"), soon, starting))
    engine = MemoryEngine(stack, containers={one.id: one for one in there.containers})
    stage = Stage(engine, PROJECT, stack, there, print)
    outcome = Watch(stage, stack.names).look()
    verdicts = {v.service: v for v in outcome.verdicts}
    outcome = replace(outcome, verdicts=(replace(verdicts["a"], standing=Standing.FAILED), *outcome.verdicts[1:]))
    result = ended(stage, Plan(), outcome, None, wait=True)
    assert [failure.service for failure in result.failures] == ["a", "b"]


def test_ports_that_nobody_can_reach_are_named_where_a_start_fails_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A worker that ends because it cannot reach the API: the API's listener is the cause."""
    deaf = Unreachable("api", UnreachablePort(3000, ("127.0.0.1:3000",)))
    late = Unreachable("web", UnreachablePort(8080))  # it may be starting yet
    monkeypatch.setattr(bring_up, "unreachable", lambda *_: (deaf, late))
    final = replace(LOOP, started_at="2026-01-01T00:00:00Z")
    engine = MemoryEngine(STACK, containers={final.id: final})
    stage = Stage(engine, PROJECT, STACK, Snapshot((final,)), print)
    assert show.up(STACK, ended(stage, Plan(), Watch(stage, ["a"]).look(), None, wait=True), as_json=False) == 1
    said = capsys.readouterr().err
    assert f"note: {deaf}" in said
    assert "web" not in said
