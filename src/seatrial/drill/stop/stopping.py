"""Records one stop under traffic: through the engine, or with the signal sent straight to the process."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from seatrial.drill.crash.returning import answers
from seatrial.drill.live.reach import reached
from seatrial.drill.live.steady import steady
from seatrial.drill.service.anatomy import anatomy
from seatrial.drill.service.known import kind_of
from seatrial.drill.stop.ended import GIVEN_UP, SENT, SIGNALLED, name_of, number_of
from seatrial.drill.stop.flight import RELEASED, read_after_ns
from seatrial.drill.unjudged import inconclusive
from seatrial.engine import containers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatrial.drill.live.recorder import Recorder
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording
    from seatrial.drill.traffic.generator import Traffic
    from seatrial.drill.traffic.request import Target

BACK = "steady again"
REPAIRED = "at its next start it said:"
# Long enough to show that what answers now answers always, short enough to be done for every service.
BASELINE_S = 1.0
# The rest of a half-sent request comes this long after the signal, or so many times the service's pace if that is
# longer: a server that just leaves is gone by then. Many drain for some seconds only.
HELD_S, _HELD_MOST_S, _PACES = 0.4, 1.0, 4
_SIGNAL_LIMIT_S = 3.0
# What the engine itself may take after SIGKILL: 10 s of waiting, 2 more, and the client.
_ENGINE_S = 15.0
_AFTERWARDS_S = 0.2
_SEEN_S, _SURE = 2.0, 2
_ROOM_S = 1.0


def through_engine(scene: Scene, drill: str, place: Place) -> Recording:
    """`docker stop` with the signal and the grace that are in force, as Compose would."""
    with scene.recorder(drill, place) as recorder:
        _recorded(recorder, lambda: containers.stop(recorder.subject.facts.id, recorder.subject.grace_s + _ENGINE_S))
    return recorder.recording()


def straight(scene: Scene, drill: str, place: Place) -> Recording:
    """The same signal to the workload itself, by whatever way it would have got there; the engine is not asked.

    The restart policy is taken away for so long, as the container ends by itself.
    """
    with scene.recorder(drill, place) as recorder:
        inside, facts = scene.inside, recorder.subject.facts
        policy = f"{facts.restart_policy}:{facts.restart_limit}" if facts.restart_limit else facts.restart_policy
        name = name_of(number_of(facts.stop_signal))

        def send() -> None:
            taken = recorder.sample(sockets=True)
            found = anatomy(taken.processes, taken.sockets or (), recorder.port) if taken else None
            if not found or not found.workload or not inside.signal(found.workload.pid, name):
                raise inconclusive("the process that does the work could not be found")
            recorder.mark(SIGNALLED, f"{name} straight to {found.workload.name}")

        with scene.guardian.owing("update", "--restart", policy, facts.id):
            containers.set_restart_policy(facts.id, "no")
            _recorded(recorder, send, awaited="die")
    return recorder.recording()


def _recorded(recorder: Recorder, inject: Callable[[], None], awaited: str = "kill") -> None:
    scene, facts = recorder.scene, recorder.subject.facts
    recorder.before = steady(scene, recorder.service, recorder.patience_s)
    target = reached(recorder)
    limit = recorder.subject.startup_budget_s
    # Without a health check, running says nothing of that.
    if target and not answers(recorder, target, limit):
        raise inconclusive(f"it runs, and does not answer within {limit:g} s: logs --service {recorder.service}")
    recorder.sample(sockets=True)
    hold_s = HELD_S
    scene.tell(f"{recorder.service}: {recorder.drill}: stopping it under traffic")
    with scene.guardian.owing("start", facts.id, late_s=recorder.subject.grace_s + _ENGINE_S):
        with recorder.traffic(target) as traffic:
            if traffic:
                scene.tape.rest(BASELINE_S)
                hold_s = max(hold_s, hold_requests(recorder, traffic, target))
            with recorder.sampling():
                _injected(recorder, inject, awaited, lambda: release_requests(recorder, traffic, hold_s))
            if traffic:
                scene.tape.rest(_AFTERWARDS_S)
        recorder.ended = scene.engine.snapshot(scene.stack.name).by_id(facts.id)
        recorder.read_logs()
    recorder.after = steady(scene, recorder.service, recorder.patience_s)
    _repaired(recorder)
    recorder.renew()  # its address may be another
    target = target and reached(recorder)
    if not target or answers(recorder, target, limit):
        recorder.mark(BACK)


def _repaired(recorder: Recorder) -> None:
    """Mark what it says at its next start when the stop before was none."""
    facts, since = recorder.subject.facts, recorder.scene.clock.engines(recorder.began_ns)
    signs = kind_of(facts.image, facts.command).unclean
    for line in containers.logs(facts.id, since) if signs else ():
        for sign in signs:
            if sign.text in line.text:
                recorder.mark(REPAIRED, line.text)


def hold_requests(recorder: Recorder, traffic: Traffic, target: Target | None) -> float:
    """Hold requests until the server has read their halves: when it has answered one that was sent after them.

    On a busy machine that alone proves nothing, and they are held for as long as answers have been late.

    Returns:
        How long to hold them after the signal, in seconds, by the pace of this service on this machine at this moment:
        an init that is starved passes the signal on late.
    """
    traffic.hold()
    began = time.monotonic()
    if target and recorder.trial and recorder.trial.capacity:
        answers(recorder, target, _SEEN_S)
    pace_s = time.monotonic() - began
    while True:
        sure_s = _SURE * read_after_ns(traffic.so_far()) / 1e9
        left_s = min(sure_s, _SEEN_S) - (time.monotonic() - began)
        if left_s <= 0:
            return max(_PACES * pace_s, sure_s)
        recorder.scene.tape.rest(left_s)


def release_requests(recorder: Recorder, traffic: Traffic | None, hold_s: float) -> None:
    if traffic is None:
        return
    # A short grace must not be used up by ourselves.
    recorder.scene.tape.rest(min(hold_s, _HELD_MOST_S, recorder.subject.grace_s / 3))
    traffic.release()
    recorder.mark(RELEASED)


def _injected(recorder: Recorder, inject: Callable[[], None], awaited: str, release: Callable[[], None]) -> None:
    """Act, let go of what is half sent a moment after the signal, and wait for the end."""
    tape, own, grace = recorder.scene.tape, recorder.subject.facts.id, recorder.subject.grace_s
    sent = recorder.mark(SENT)
    with in_background(inject) as acting:
        if awaited == "kill":
            tape.wait(lambda e: e.container_id == own and e.action in ("kill", "die"), sent, _SIGNAL_LIMIT_S)
        else:
            acting.join()  # the signal is out
        release()
        recorder.sample()  # the mask after the signal tells of node's own handler
        acting.join(grace + 2 * _ENGINE_S)
    # Without an end of its own the recording tells that there was none.
    limit = grace + (_ENGINE_S if awaited == "kill" else _ROOM_S)
    if not tape.wait(lambda e: e.container_id == own and e.action == "die", sent, limit) and awaited != "kill":
        # What ends by and by would end after it was put back.
        recorder.mark(GIVEN_UP)
        containers.stop(own, grace + _ENGINE_S)


@contextmanager
def in_background(act: Callable[[], None]) -> Iterator[threading.Thread]:
    """Do it in a thread that is over at the end of the block; what it fails with is raised there."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001  raised again where somebody waits for it
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        thread.join()  # what is begun must be over before it is put back
    if failed:
        raise failed[0]
