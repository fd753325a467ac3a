"""Watches a start: the service's own first answer and the engine's word for it, each by its own clock, side by side."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from seatrial.drill.crash.returning import answers
from seatrial.drill.live.reach import reached
from seatrial.drill.start.startup import CHECKED, STARTING, WATCHED
from seatrial.drill.unjudged import inconclusive
from seatrial.errors import SeatrialError
from seatrial.lifecycle.early import command

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from seatrial.drill.live.recorder import Recorder
    from seatrial.drill.traffic.request import Target
    from seatrial.engine.observed import Event

HEALTHY = "health_status: healthy"
_ENGINE_S = 15.0
_ROOM_S = 1.0
_LONGER_S = 5.0
_CHECK_S, _CHECK_AGAIN_S = 10.0, 0.2


def watched(recorder: Recorder, start: Callable[[], None], load_s: float = 0.0) -> None:
    """Start it, ask it every 50 ms, and put load on it for `load_s` from the moment when it counts as ready.

    That moment is its check's; without one, its first answer. What never comes is waited for twice its budget.

    Raises:
        Unjudged: INCONCLUSIVE, the engine did not start it.
    """
    scene, service = recorder.scene, recorder.service
    began = recorder.mark(STARTING)
    over = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        starting = pool.submit(start)
        try:
            event = _started(recorder, began, starting)
            recorder.subject = scene.subject(service)  # its address, and made anew its id too
            target = reached(recorder) if recorder.subject.facts.pid else None
            ask = _asked if target or not recorder.subject.facts.check else _checked
            asking = pool.submit(ask, recorder, target, event, over)
            ready = _ready(recorder, event, asking)
            if load_s and ready and target:
                with recorder.traffic(target):
                    scene.tape.rest(load_s)
            if not ready or not target:
                over.set()
            asking.result()
            starting.result()
        finally:
            over.set()
    recorder.mark(WATCHED)
    recorder.after = scene.container(service)
    recorder.read_logs()


def _started(recorder: Recorder, since_ns: int, starting: Future[None]) -> Event:
    """The event of its start; the id of one that is made anew is not known before."""
    tape, service = recorder.scene.tape, recorder.service
    deadline = time.monotonic() + recorder.subject.grace_s + 2 * _ENGINE_S
    while time.monotonic() < deadline:
        if event := tape.wait(lambda e: e.service == service and e.action == "start", since_ns, 0.5):
            return event
        if starting.done():
            starting.result()  # why it failed
            deadline = min(deadline, time.monotonic() + _ROOM_S)
    raise inconclusive(f"the engine did not start it again: up --service {service}")


def _asked(recorder: Recorder, target: Target | None, started: Event, over: threading.Event) -> bool:
    def ended() -> bool:
        since = recorder.scene.tape.since(started.time_ns, started.container_id)
        return over.is_set() or any(event.action == "die" for event in since)

    return target is not None and answers(recorder, target, _patience_s(recorder), ended)


def _checked(recorder: Recorder, _: Target | None, started: Event, over: threading.Event) -> bool:
    """Run its health check until it passes: nothing else tells when a service without a port is ready.

    The engine asks by its interval, which says nothing about the service.
    """
    check, own = recorder.subject.facts.check, recorder.subject.facts.id
    words = command(check) if check else ()
    deadline = time.monotonic() + _patience_s(recorder)
    while words and not over.is_set() and time.monotonic() < deadline:
        if any(event.action == "die" for event in recorder.scene.tape.since(started.time_ns, own)):
            return False
        begun = time.time_ns()
        try:
            ran = recorder.scene.engine.run(own, words, _CHECK_S)
        except SeatrialError:  # it does not run (any more)
            ran = None
        if ran is not None and ran.exit_code == 0:
            recorder.mark(CHECKED, at_ns=begun)
            return True
        over.wait(_CHECK_AGAIN_S)
    return False


def _ready(recorder: Recorder, started: Event, asking: Future[bool]) -> bool:
    """Whether it came to count as ready: its check passed, or (without one) it answered."""
    if not recorder.subject.facts.check:
        return asking.result()
    own = recorder.subject.facts.id
    word = recorder.scene.tape.wait(
        lambda e: e.container_id == own and e.action in (HEALTHY, "die"),
        started.time_ns,
        _patience_s(recorder),
    )
    return word is not None and word.action == HEALTHY


def _patience_s(recorder: Recorder) -> float:
    """Longer than its budget: how late it comes is worth knowing."""
    return max(2 * recorder.patience_s, recorder.patience_s + _LONGER_S)
