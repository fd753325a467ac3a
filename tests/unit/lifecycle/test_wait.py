"""Watching: what a single look cannot tell."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.engine.memory import MemoryEngine
from seatrial.engine.observed import Container, Event, Snapshot
from seatrial.lifecycle import runs
from seatrial.lifecycle.readiness import Rules, Standing
from seatrial.lifecycle.runs import Runs
from seatrial.lifecycle.stage import Stage
from seatrial.lifecycle.wait import Watch
from seatrial.project import Project
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
