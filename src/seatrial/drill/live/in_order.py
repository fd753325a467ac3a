"""Starts what ran before, dependencies first, each when those that it waits for are healthy."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from seatrial.drill.live.steady import lacking
from seatrial.drill.service.subject import DEFAULT_STARTUP_S
from seatrial.drill.unjudged import inconclusive
from seatrial.engine import containers
from seatrial.engine.together import Question
from seatrial.lifecycle.health_timing import first_probe_s

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.drill.live.scene import Scene
    from seatrial.engine.facts import Facts
    from seatrial.stack import Stack

_HEALTHY = "service_healthy"
_LONGEST_S = 2.0


def levels(stack: Stack, names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The services in groups, each of which needs only those before it. Pure."""
    depth: dict[str, int] = {}
    for name in stack.closure(()):
        below = [depth[edge.service] + 1 for edge in stack.service(name).depends_on if edge.service in depth]
        depth[name] = max(below, default=0)
    groups = (
        tuple(name for name in names if depth[name] == level) for level in range(max(depth.values(), default=0) + 1)
    )
    return tuple(group for group in groups if group)


def started(scene: Scene, facts: Sequence[Facts]) -> None:
    """Start the containers, and wait until every service is steady. Raises `Unjudged` when one does not get so."""
    names = {one.service for one in facts}
    for group in levels(scene.stack, [name for name in scene.stack.names if name in names]):
        waited_for = {
            edge.service
            for name in group
            for edge in scene.stack.service(name).depends_on
            if edge.condition == _HEALTHY
        }
        _steady(scene, [one for one in facts if one.service in waited_for])
        starting = [Question(lambda one=one: containers.start(one.id)) for one in facts if one.service in group]  # type: ignore[misc]
        for question in starting:
            question.answer()
    _steady(scene, facts)


def _steady(scene: Scene, facts: Sequence[Facts]) -> None:
    """Wait for all of them; one look is enough for all."""
    began = time.monotonic()
    while facts:
        snapshot = scene.engine.snapshot(scene.stack.name)
        missing = {one: reason for one in facts if (reason := lacking(snapshot.by_id(one.id), one.service))}
        if not missing:
            return
        left_s = max(_patience_s(scene, one) for one in missing) - (time.monotonic() - began)
        if left_s <= 0:
            raise inconclusive("; ".join(f"{one.service}: {reason}" for one, reason in missing.items()))
        scene.tape.pause(min(left_s, _LONGEST_S))


def _patience_s(scene: Scene, one: Facts) -> float:
    budget_s = scene.declared.of(one.service).budgets.startup_s or DEFAULT_STARTUP_S
    return budget_s + (first_probe_s(one.check, scene.version) if one.check else 0)
