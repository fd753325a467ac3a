"""Tries a fix: stops a throw-away copy of the container, which has it, under traffic."""

from __future__ import annotations

import time
import uuid
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill.crash.returning import answers
from seatrial.drill.live.reach import reached
from seatrial.drill.recording import Attempt
from seatrial.drill.stop import stopping
from seatrial.drill.stop.ended import SENT, SIGKILL, number_of
from seatrial.drill.stop.fixes import wording
from seatrial.drill.unjudged import inconclusive
from seatrial.engine import containers, copies
from seatrial.engine.observed import Event
from seatrial.engine.stamps import nanoseconds
from seatrial.errors import RunFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from seatrial.drill.live.recorder import Recorder
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording
    from seatrial.drill.traffic.request import Target
    from seatrial.engine.copies import Difference

_NAME = "seatrial-copy-"
# Without a port nothing tells when a copy is ready: it has that long to install its handlers, and must still run.
_READY_S = 2.0
_SENT_S = 0.1
# No other trial begins after so long: a program that ignores its signal uses up the grace at each.
_BUDGET_S = 10.0
_ENGINE_S = 15.0
_KILLED = 137
_NS = 10**9


def try_fixes(
    scene: Scene,
    drill: str,
    place: Place,
    differences: Iterable[Difference],
    helps: Callable[[Recording], bool | None],
) -> tuple[Attempt, ...]:
    """Try them one after the other until one helps, or too much time is used.

    A trial that does not show whether it helps, as on a busy machine, is repeated once.
    """
    attempts: list[Attempt] = []
    began = time.monotonic()
    for difference in differences:
        used_s = time.monotonic() - began
        if used_s < _BUDGET_S:
            scene.tell(f"{place.service}: {drill}: trying `{wording(difference)}` on a copy of its container")
        attempt = Attempt(difference, _recorded(scene, drill, place, difference, used_s))
        if helps(attempt.recording) is None:
            attempt = Attempt(difference, _recorded(scene, drill, place, difference, used_s))
        attempts.append(attempt)
        if helps(attempt.recording):
            break
    return tuple(attempts)


def _recorded(scene: Scene, drill: str, place: Place, difference: Difference, used_s: float) -> Recording:
    made: list[Event] = []
    with scene.recorder(drill, place) as recorder, _copied(recorder, difference, used_s):
        target = _ready(recorder)
        recorder.sample(sockets=True)
        hold_s = stopping.HELD_S
        with recorder.traffic(target) as traffic:
            if traffic:
                scene.tape.rest(stopping.BASELINE_S)
                hold_s = max(hold_s, stopping.hold_requests(recorder, traffic, target))
            with recorder.sampling():
                own, grace = recorder.subject.facts.id, recorder.subject.grace_s
                sent_ns = recorder.mark(SENT)
                with stopping.in_background(lambda: scene.engine.stop_container(own, grace + _ENGINE_S)) as acting:
                    scene.tape.rest(_SENT_S)
                    stopping.release_requests(recorder, traffic, hold_s)
                    recorder.sample()
                    acting.join(grace + 2 * _ENGINE_S)
        recorder.ended = next(iter(scene.engine.look([own])), None)
        recorder.read_logs()
        made += _events(recorder, sent_ns)
    # Its events have none of the project's labels, and are on no tape.
    return replace(recorder.recording(), events=tuple(made))


@contextmanager
def _copied(recorder: Recorder, difference: Difference, used_s: float) -> Iterator[None]:
    """The recorder's subject is a running copy for the time of the block; the copy is removed in every case."""
    scene, original = recorder.scene, recorder.subject.facts
    if used_s >= _BUDGET_S:
        raise inconclusive(f"the trials before it took {used_s:.0f} s")
    if reason := copies.check(original.id):
        raise inconclusive(reason)
    name = f"{_NAME}{uuid.uuid4().hex[:12]}"
    with scene.guardian.owing("rm", "--force", "--volumes", name):
        try:
            own = copies.create(original.id, name, scene.stack.name, difference)
            containers.start(own)
        except RunFailed as error:
            raise inconclusive(f"no copy of it starts: {' '.join((error.what, *error.detail))}") from None
        (facts,) = scene.engine.facts([own])
        recorder.subject = replace(recorder.subject, facts=replace(facts, service=original.service))
        yield


def _ready(recorder: Recorder) -> Target | None:
    """Where the copy answers, once it does.

    Raises:
        Unjudged: INCONCLUSIVE, it does not run as the original does.
    """
    scene, own = recorder.scene, recorder.subject.facts.id
    target = reached(recorder)
    if target is None:
        scene.tape.rest(_READY_S)
    ready = target is None or answers(recorder, target, recorder.subject.startup_budget_s)
    container = next(iter(scene.engine.look([own])), None)
    if container is None or container.state != "running":
        code = f" with {container.exit_code}" if container else ""
        raise inconclusive(f"its copy, which can only read its volumes and folders, ended{code}")
    if not ready:
        raise inconclusive("its copy, which can only read its volumes and folders, does not answer")
    return target


def _events(recorder: Recorder, sent: int) -> Iterator[Event]:
    """What the engine would have told of the stop, by its record of the container."""
    ended, subject = recorder.ended, recorder.subject
    own, service = subject.facts.id, recorder.service
    yield Event("kill", own, service, sent, {"signal": str(number_of(subject.facts.stop_signal))})
    if ended is None or ended.state == "running":
        return
    finished = recorder.scene.clock.ours(nanoseconds(ended.finished_at))
    if ended.oom_killed:
        yield Event("oom", own, service, finished)
    over = sent + subject.grace_s * _NS
    if ended.exit_code == _KILLED and finished >= over:
        yield Event("kill", own, service, over, {"signal": str(SIGKILL)})
    yield Event("die", own, service, finished, {"exitCode": str(ended.exit_code)})
