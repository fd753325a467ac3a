"""Ends services past the engine, whose restart policy then acts as after a real crash; and puts things back."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill.crash.crashes import CRASHED, PUTTING_BACK
from seatrial.drill.crash.returning import OVER, answers
from seatrial.drill.live.reach import reached
from seatrial.drill.live.steady import steady
from seatrial.drill.service.anatomy import shown
from seatrial.drill.unjudged import Unjudged, inconclusive
from seatrial.engine import containers
from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.live.recorder import Recorder
    from seatrial.drill.traffic.request import Target
    from seatrial.engine.inside import Process
    from seatrial.engine.observed import Container, Event

# After a run of this length the engine waits only 0.1 s again: it takes it for sound, and so do we.
_SOUND_S = 10.0
_DIES_S = 5.0  # the event may come 2 s after the end
_ASKED_S = 2.0
_ENGINE_S = 15.0


@contextmanager
def sound(recorder: Recorder) -> Iterator[Target | None]:
    """Where a service answers that is steady and does not crash by itself; afterwards it runs again."""
    scene = recorder.scene
    _ = scene.inside
    if (container := scene.container(recorder.service)) is not None:
        # First of all: the engine forgets soon where much goes on.
        recorder.earlier = _signals(recorder, container)
    recorder.before = _sound(recorder)
    # It may have been started anew until then, which ends what a signal has done.
    run_ns = scene.clock.ours(nanoseconds(recorder.before.started_at))
    recorder.earlier = tuple(event for event in recorder.earlier if event.time_ns >= run_ns)
    recorder.renew()
    began = time.perf_counter()
    target = reached(recorder)
    if target and not answers(recorder, target, _ASKED_S):
        raise inconclusive("it did not answer when nothing had been done to it yet")
    recorder.spent("before", began)
    own = recorder.subject.facts.id
    with scene.guardian.owing("start", own):
        yield target
        recorder.mark(PUTTING_BACK)
        recorder.read_logs()
        recorder.after = scene.engine.snapshot(scene.stack.name).by_id(own)
        began = time.perf_counter()
        _put_counter_back(recorder)
    if recorder.after is None or recorder.after.state in OVER or _counted(recorder):
        _calm(recorder)
    now = scene.engine.snapshot(scene.stack.name).by_id(own)
    scene.restarts[own] = now.restart_count if now else 0
    recorder.spent("after", began)


def _first(recorder: Recorder) -> Process | None:
    """PID 1 of the container as it was last read; None when it has ended."""
    pid = recorder.subject.facts.pid
    return next((process for process in recorder.scene.inside.processes(pid) if process.pid == pid), None)


def killed(recorder: Recorder) -> Event | None:
    """SIGKILL to PID 1, and the event of its end; None when there is none.

    Raises:
        Unjudged: INCONCLUSIVE, it had ended before.
    """
    process = _first(recorder)
    if process is None:
        raise inconclusive("its first process had ended before it could be killed")
    return ended(recorder, process, "SIGKILL", _DIES_S)


def ended(recorder: Recorder, process: Process, signal: str, limit_s: float) -> Event | None:
    """A signal past the engine, and the event of the container's end; None when there is none within `limit_s`.

    Raises:
        Unjudged: INCONCLUSIVE, the process had ended before.
    """
    scene, own = recorder.scene, recorder.subject.facts.id
    sent = time.time_ns()
    if not scene.inside.signal(process.pid, signal, start_ticks=process.start_ticks):
        raise inconclusive(f"{shown(process)} had ended before {signal} could be sent to it")
    recorder.mark(CRASHED, f"{signal} to {shown(process)}, past the engine", sent)
    return scene.tape.wait(lambda e: e.container_id == own and e.action == "die", sent, limit_s)


def _sound(recorder: Recorder) -> Container:
    """Steady, and no crash of its own within the last ten seconds: else its next one would be taken for ours."""
    scene, service = recorder.scene, recorder.service
    container = steady(scene, service, recorder.patience_s)
    began = time.time_ns()
    own_restarts = container.restart_count - scene.restarts.get(container.id, 0)
    left_s = _SOUND_S - (began - scene.clock.ours(nanoseconds(container.started_at))) / 1e9
    if own_restarts <= 0 or left_s <= 0:
        return container
    scene.tell(f"{service}: {recorder.drill}: it was restarted just now; waiting {left_s:.0f} s whether it stays up")
    if scene.tape.wait(lambda e: e.container_id == container.id and e.action == "die", began, left_s):
        reason = f"it crashes by itself ({container.restart_count + 1} restarts): logs --service {service}"
        raise inconclusive(reason)
    return steady(scene, service, recorder.patience_s)


def _signals(recorder: Recorder, container: Container) -> tuple[Event, ...]:
    clock = recorder.scene.clock
    found = containers.signals(container.id, container.started_at, clock.engines(time.time_ns()))
    kept = ({"signal": event.attributes.get("signal", "0")} for event in found)
    return tuple(
        replace(event, time_ns=clock.ours(event.time_ns), attributes=attributes)
        for event, attributes in zip(found, kept, strict=True)
    )


def _counted(recorder: Recorder) -> bool:
    """Whether the engine counts restarts against a limit: then ours must not be among them."""
    return bool(recorder.subject.facts.restart_limit)


def _put_counter_back(recorder: Recorder) -> None:
    """Only a start by hand sets the count to 0; the start itself is owed already."""
    after, facts = recorder.after, recorder.subject.facts
    if not _counted(recorder) or after is None or after.state in OVER:
        return
    recorder.scene.tell(f"{recorder.service}: {recorder.drill}: stop and start, so that its restarts are not used up")
    containers.stop(facts.id, recorder.subject.grace_s + _ENGINE_S)


def _calm(recorder: Recorder) -> None:
    """Wait for it as it was before; that it does not come back is found by who compares before and after."""
    try:
        steady(recorder.scene, recorder.service, recorder.patience_s)
    except Unjudged as missing:
        recorder.mark("not as before:", missing.reason)
