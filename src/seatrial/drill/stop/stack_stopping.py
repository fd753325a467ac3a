"""Records the stop of a whole project through Compose, under traffic on the services that nobody depends on."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from seatrial.drill.live.in_order import started
from seatrial.drill.live.reach import reached
from seatrial.drill.live.scene import Place
from seatrial.drill.live.steady import lacking
from seatrial.drill.service.subject import DEFAULT_GRACE_S
from seatrial.drill.stop.ended import SENT
from seatrial.drill.stop.stack import talks
from seatrial.drill.unjudged import inconclusive, skip
from seatrial.engine import translate
from seatrial.engine.child import answer
from seatrial.engine.command import compose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.drill.live.recorder import Recorder
    from seatrial.drill.live.scene import Scene
    from seatrial.drill.recording import Recording
    from seatrial.engine.facts import Facts
    from seatrial.engine.inside import Socket

BACK = "all are steady again"
_RATE = 10.0
_BASELINE_S = 1.0
_AT_THE_EDGE = 4
_ENGINE_S = 15.0


def stack_stopped(scene: Scene, drill: str, place: Place) -> Recording:
    """`docker compose stop` of everything, and the start of what ran, in the order of dependencies."""
    with scene.recorder(drill, place) as recorder:
        facts = _running(scene)
        recorder.follow(*(one.id for one in facts))
        grace_s = sum(_grace_s(one) for one in facts) + _ENGINE_S
        with ExitStack() as owed:
            # Paid last one first: dependencies before those that need them.
            order = list(reversed(scene.stack.closure(())))
            debts = [
                owed.enter_context(scene.guardian.owing("start", one.id, late_s=grace_s))
                for one in sorted(facts, key=lambda one: order.index(one.service))
            ]
            _stopped(recorder, facts, grace_s)
            scene.tell(f"{drill}: starting everything again, dependencies first")
            started(scene, facts)
            for debt in debts:
                debt.settle()
        recorder.mark(BACK)
    return recorder.recording()


def _running(scene: Scene) -> tuple[Facts, ...]:
    """What runs and is to be stopped; one-shots have ended and stay so."""
    snapshot = scene.engine.snapshot(scene.stack.name)
    own = [one for one in snapshot.containers if one.service in scene.stack.names and not one.one_off]
    running = [one for one in own if not (one.state == "exited" and one.exit_code == 0)]
    if len({one.service for one in running}) < 2:
        raise skip("fewer than two services run: there is no order")
    for one in running:
        if reason := lacking(one, one.service):
            raise inconclusive(f"{one.service}: {reason}")
    return scene.engine.facts([one.id for one in running])


def _stopped(recorder: Recorder, facts: Sequence[Facts], grace_s: float) -> None:
    scene = recorder.scene
    at_edge = _at_edge(scene, facts)
    scene.tell(f"{recorder.drill}: stopping everything under traffic on {', '.join(at_edge)}")
    others = [scene.recorder(recorder.drill, Place(name)) for name in at_edge]
    with ExitStack() as running:
        for other in others:
            running.enter_context(other.traffic(reached(other), _RATE))
        scene.tape.rest(_BASELINE_S)
        recorder.talks = talks(facts, _sockets(scene, facts))
        recorder.mark(SENT)
        done = answer(compose(scene.project, "stop"), limit_s=grace_s + _ENGINE_S)
        if done.returncode:
            raise translate.failure(done.stderr, doing="stop the project")
        recorder.containers = tuple(
            one for one in scene.engine.snapshot(scene.stack.name).containers if one.id in {own.id for own in facts}
        )
    recorder.asked = {other.service: other.requests for other in others if other.requests}


def _at_edge(scene: Scene, facts: Sequence[Facts]) -> tuple[str, ...]:
    """The first services that nobody who runs depends on: there the load comes in."""
    names = {one.service for one in facts}
    needed = {edge.service for name in names for edge in scene.stack.service(name).depends_on}
    return tuple(name for name in scene.stack.names if name in names - needed)[:_AT_THE_EDGE]


def _sockets(scene: Scene, facts: Sequence[Facts]) -> dict[str, tuple[Socket, ...]]:
    if not scene.sees:
        return {}
    return {one.id: scene.inside.sockets(one.pid) for one in facts if one.pid}


def _grace_s(one: Facts) -> int:
    return DEFAULT_GRACE_S if one.stop_timeout_s is None else one.stop_timeout_s
