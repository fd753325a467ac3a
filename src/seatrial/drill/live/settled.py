"""Waits until the stack is as it was: a health check has its own clock, and says so up to an interval late."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from seatrial.drill.live.restore import differences, look
from seatrial.drill.service.subject import DEFAULT_STARTUP_S
from seatrial.engine.stamps import nanoseconds
from seatrial.lifecycle.health_timing import first_probe_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.live.restore import Look
    from seatrial.drill.live.scene import Scene

_LONGEST_S = 1.0
# One that the engine restarts over and over runs for moments in between: it counts when it has run this long.
_RUNS_S = 3.0


def restored(scene: Scene, before: Look) -> tuple[str, ...]:
    """What is not as it was, a line each, when health checks have had their time. Raises as `Tape.pause` does."""
    began = time.monotonic()
    told = False
    while True:
        now = look(scene.engine, scene.stack.name)
        owed_s = max(_owed_s(before, now, scene.version), default=0.0) - (time.monotonic() - began)
        left_s = max(owed_s, unproved_s(before, now, scene.clock.engines(time.time_ns())))
        if left_s <= 0:
            return differences(before, now, scene.renewed.values())
        if not told:
            scene.tell(f"waiting at most {left_s:.0f} s until health checks say again what they said before")
            told = True
        scene.tape.pause(min(left_s, _LONGEST_S))


def _owed_s(before: Look, now: Look, engine: tuple[int, ...]) -> Iterator[float]:
    """For how long a service that was healthy, and is not yet again, may take to be."""
    for container in before.snapshot.containers:
        again = now.snapshot.by_id(container.id)
        facts = now.facts.get(container.id)
        if not container.health or container.health.status != "healthy" or not again or again.state != "running":
            continue
        if facts and facts.check and (again.health is None or again.health.status != "healthy"):
            yield max(first_probe_s(facts.check, engine), facts.check.interval_s) + DEFAULT_STARTUP_S


def unproved_s(before: Look, now: Look, engine_ns: int) -> float:
    """For how long one that was restarted must still run until it counts as running. Pure; `engine_ns` by its clock."""
    young = (
        _RUNS_S - (engine_ns - nanoseconds(again.started_at)) / 1e9
        for container in before.snapshot.containers
        if (again := now.snapshot.by_id(container.id)) is not None
        and again.state == "running"
        and again.restart_count > container.restart_count
    )
    return max(young, default=0.0)
