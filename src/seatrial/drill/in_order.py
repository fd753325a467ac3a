"""Starts what ran before, dependencies first, each when those that it waits for are healthy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.health import first_probe_s
from seatrial.drill.steady import steady
from seatrial.engine import containers
from seatrial.engine.together import Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.drill.scene import Scene
    from seatrial.engine.facts import Facts
    from seatrial.stack import Stack

_HEALTHY = "service_healthy"


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
    names = [name for name in scene.stack.names if any(one.service == name for one in facts)]
    for group in levels(scene.stack, names):
        waited_for = {
            edge.service
            for name in group
            for edge in scene.stack.service(name).depends_on
            if edge.condition == _HEALTHY and edge.service in names
        }
        for name in sorted(waited_for):
            steady(scene, name, _patience_s(scene, name))
        starting = [Question(lambda one=one: containers.start(one.id)) for one in facts if one.service in group]  # type: ignore[misc]
        for question in starting:
            question.answer()
    for name in names:
        steady(scene, name, _patience_s(scene, name))


def _patience_s(scene: Scene, name: str) -> float:
    subject = scene.subject(name)
    check = subject.facts.check
    return subject.startup_budget_s + (first_probe_s(check, scene.version) if check else 0)
