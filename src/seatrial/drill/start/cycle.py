"""One stop in silence and one start under watch: what several drills judge, each for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.crash.returning import answers
from seatrial.drill.live.reach import reached
from seatrial.drill.live.steady import steady
from seatrial.drill.start.starting import watched
from seatrial.drill.stop.ended import SENT
from seatrial.drill.unjudged import inconclusive, skip
from seatrial.engine import containers

if TYPE_CHECKING:
    from seatrial.drill.live.recorder import Recorder
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording
    from seatrial.drill.traffic.request import Target

KIND = "cycle"
LOAD_S = 2.0
_ENGINE_S = 15.0
_DIES_S = 3.0
_STAND_S = 2.0
_LOOK_S = 0.02
# Longer than the guard of `classify`: what stands must not be too near to the signal.
_SETTLE_S = 0.05


def taken(scene: Scene, drill: str, place: Place) -> Recording:
    """The recording of a cycle as `drill`'s own; made once in a run for all that judge it."""
    return scene.kept.take(drill, KIND, place, lambda: _recorded(scene, drill, place))


def unheld(scene: Scene, drill: str, place: Place) -> Recording:
    """The stop alone, with no connection open: what it takes when nobody holds it."""
    with scene.recorder(drill, place) as recorder:
        target = _steady(recorder)
        with scene.guardian.owing("start", recorder.subject.facts.id):
            stopped(recorder, None)
        recorder.after = steady(scene, place.service, recorder.patience_s)
        recorder.renew()
        target = target and reached(recorder)
        if target:
            answers(recorder, target, recorder.subject.startup_budget_s)
    return recorder.recording()


def stopped(recorder: Recorder, target: Target | None) -> None:
    """Stop it through the engine while connections to `target` stand on which nothing is asked."""
    scene, facts = recorder.scene, recorder.subject.facts
    if target is None or recorder.trial is None or not recorder.trial.kept:
        _stop(recorder)
    else:
        from seatrial.drill.traffic.generator import Traffic

        with Traffic(target, recorder.trial, quiet=True) as traffic:
            standing = recorder.trial.kept
            for _ in range(int(_STAND_S / _LOOK_S)):
                if len(traffic.so_far()) >= standing:
                    break
                scene.tape.rest(_LOOK_S)
            scene.tape.rest(_SETTLE_S)
            _stop(recorder)
            recorder.keep(traffic.finish())
    recorder.ended = scene.engine.snapshot(scene.stack.name).by_id(facts.id)


def _stop(recorder: Recorder) -> None:
    own = recorder.subject.facts.id
    recorder.sample(sockets=True)
    sent = recorder.mark(SENT)
    with recorder.sampling():
        containers.stop(own, recorder.subject.grace_s + _ENGINE_S)
        recorder.scene.tape.wait(lambda e: e.container_id == own and e.action == "die", sent, _DIES_S)


def _recorded(scene: Scene, drill: str, place: Place) -> Recording:
    with scene.recorder(drill, place) as recorder:
        target = _steady(recorder)
        if target is None and not recorder.subject.facts.check:
            raise skip("nothing tells when it is ready: it has no health check, and no port that answers")
        scene.tell(f"{place.service}: {drill}: stop and start, with nothing but idle connections")
        facts = recorder.subject.facts
        with scene.guardian.owing("start", facts.id, late_s=recorder.subject.grace_s + _ENGINE_S):
            stopped(recorder, target)
            watched(recorder, lambda: containers.start(facts.id), LOAD_S)
    return recorder.recording()


def _steady(recorder: Recorder) -> Target | None:
    recorder.before = steady(recorder.scene, recorder.service, recorder.patience_s)
    target, limit = reached(recorder), recorder.subject.startup_budget_s
    if target and not answers(recorder, target, limit):
        raise inconclusive(f"it runs, and does not answer within {limit:g} s: logs --service {recorder.service}")
    return target
