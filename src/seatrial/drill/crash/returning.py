"""Watches a service come back after an end that the engine did not ask for."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill.crash.crashes import BACK, longest_gap_s
from seatrial.drill.live.reach import reached
from seatrial.drill.live.steady import lacking
from seatrial.drill.unjudged import inconclusive
from seatrial.engine import containers

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatrial.drill.live.recorder import Recorder
    from seatrial.drill.traffic.request import Target
    from seatrial.engine.observed import Container

ANSWERS, MOVED, LEFT = "answers again", "has another address:", "left behind:"
OVER = ("exited", "dead")
_ENGINE_S = 5.0  # for what takes the engine 0.15 s when it has nothing else to do
_ROOM_S = 1.0
# Without a check and a port: it runs.
_RUNS_S = 1.0
_FALLS = 3
_STATE = re.compile(r"\.(pid|lock|lck|sock|socket)$|/(pid|lock)s?$", re.IGNORECASE)
_LOOK_S = 0.1
_LONGEST_S = 2.0


def restarted(recorder: Recorder, died_ns: int) -> bool:
    """Whether the engine starts it again; it has decided that when it tells of the end."""
    scene, own = recorder.scene, recorder.subject.facts.id
    recorder.ended = scene.engine.snapshot(scene.stack.name).by_id(own)
    if recorder.ended is None or recorder.ended.state in OVER:
        return False
    limit_s = longest_gap_s(recorder.ended.restart_count) + _ENGINE_S
    return bool(scene.tape.wait(lambda e: e.container_id == own and e.action == "start", died_ns, limit_s))


def returned(recorder: Recorder, target: Target | None, died_ns: int) -> None:
    """Wait until it is steady and answers, and mark that; or until its time is over, or it keeps ending.

    Raises:
        Unjudged: INCONCLUSIVE, the container was removed.
    """
    scene, own = recorder.scene, recorder.subject.facts.id
    deadline = time.monotonic() + recorder.patience_s + _ROOM_S
    answered = -1  # how often it had ended by then: a later run must answer anew
    while (left := deadline - time.monotonic()) > 0:
        since = scene.tape.since(died_ns + 1, own)
        starts = [event.time_ns for event in since if event.action == "start"]
        falls = sum(event.action == "die" for event in since)
        container = scene.engine.snapshot(scene.stack.name).by_id(own)
        if container is None:
            raise inconclusive("its container was removed during the drill")
        if container.state in OVER or falls >= _FALLS:
            for change in containers.diff(own):
                if change.kind != "D" and _STATE.search(change.path):
                    recorder.mark(LEFT, change.path)
            return
        if container.state == "running" and len(starts) > falls:
            if target and answered != falls:
                if _asked(recorder, starts[-1], left):
                    answered = falls
                else:
                    scene.tape.pause(min(left, _LOOK_S))
                continue
            missing_s = _missing_s(container, recorder, starts[-1], asked=target is not None)
            if not missing_s:
                recorder.mark(BACK)
                return
            left = min(left, missing_s)
        scene.tape.pause(min(left, _LONGEST_S))


def answers(recorder: Recorder, target: Target, limit_s: float, over: Callable[[], bool] = lambda: False) -> bool:
    """Ask until it answers as it did in the trial; what was asked is kept.

    What answers when it is `over` is somebody else, who has its address by then.
    """
    from seatrial.drill.traffic.again import first_answer
    from seatrial.drill.traffic.request import Trial

    asked = first_answer(target, recorder.trial or Trial(), limit_s, over)
    recorder.keep(asked)
    return bool(asked) and asked[-1].good and not over()


def _missing_s(container: Container, recorder: Recorder, started_ns: int, *, asked: bool) -> float:
    """How long it has to be waited for at least until it may be steady; 0 when it is."""
    if lacking(container, recorder.service):
        return _LONGEST_S
    if asked or container.health:
        return 0.0
    ran_s = (time.time_ns() - started_ns) / 1e9
    return 0.0 if ran_s >= _RUNS_S else _RUNS_S - ran_s


def _asked(recorder: Recorder, started_ns: int, left_s: float) -> bool:
    scene, own, old = recorder.scene, recorder.subject.facts.id, recorder.subject.facts

    def over() -> bool:
        return any(event.action == "die" for event in scene.tape.since(started_ns, own))

    recorder.renew()
    if not recorder.subject.facts.pid:
        recorder.subject = replace(recorder.subject, facts=old)
        return False
    was, now = (" ".join(network.ip for network in facts.networks) for facts in (old, recorder.subject.facts))
    if was != now:
        recorder.mark(MOVED, f"{now}, before: {was}")
    target = reached(recorder)
    if target is None or not answers(recorder, target, left_s, over):
        return False
    recorder.mark(ANSWERS)
    return True
