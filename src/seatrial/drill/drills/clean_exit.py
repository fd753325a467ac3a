"""Does a service that ends by itself with 0, as if all were done, come back?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill.crash import causes as crash_causes
from seatrial.drill.crash import crashing
from seatrial.drill.crash.crashes import crashes
from seatrial.drill.crash.returning import restarted, returned
from seatrial.drill.drill import Drill
from seatrial.drill.drills import crash_restart
from seatrial.drill.service.anatomy import anatomy
from seatrial.drill.stop.ended import name_of, number_of
from seatrial.drill.unjudged import inconclusive, skip
from seatrial.drill.verdict import Finding, Grade, Verdict, concluded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.crash.crashes import Crash
    from seatrial.drill.live.recorder import Recorder
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording
    from seatrial.engine.inside import Process

NAME = "clean-exit"
_ROOM_S = 2.0


def record(scene: Scene, place: Place) -> Recording:
    """The stop signal straight to the workload: the engine does not know that an end is wanted."""
    with scene.recorder(NAME, place) as recorder:
        facts = recorder.subject.facts
        if facts.restart_policy == "no":
            raise skip("no restart policy: an end is an end")
        with crashing.sound(recorder) as target:
            name = name_of(number_of(facts.stop_signal))
            scene.tell(f"{place.service}: {NAME}: telling it to end, without the engine")
            died = crashing.ended(recorder, _workload(recorder), name, recorder.subject.grace_s + _ROOM_S)
            if died is None:
                raise inconclusive(f"it does not end when {name} is sent to it (graceful-stop tells why)")
            if restarted(recorder, died.time_ns):
                returned(recorder, target, died.time_ns)
    return recorder.recording()


def judge(recording: Recording) -> Verdict:
    """Started again whatever its exit code, unless it is no server."""
    service, crash = recording.service, next(iter(crashes(recording)), None)
    figures = crash_restart.figures(recording)
    if crash is None or crash.died_ns is None or crash.signalled:
        reason = "the engine was asked for something at the same time"
        return Verdict(NAME, service, Grade.INCONCLUSIVE, reason, figures=figures)
    policy = crash_restart.policy(recording)
    if crash.exit_code and policy.startswith("on-failure"):
        reason = f"it ended with {crash.exit_code} when it was told to end, and {policy} asks for more than 0"
        return Verdict(NAME, service, Grade.INCONCLUSIVE, reason, figures=figures)
    fine = f"{policy}: ended with {crash.exit_code}, and was started again {crash.gap_s or 0:.2f} s later"
    if crash.started_ns is None and not _server(recording):
        fine = f"{policy}: ended with 0, and stays so; it has neither port nor health check"
    verdict = concluded(NAME, service, _findings(recording, crash), fine, figures)
    return replace(verdict, notes=(*verdict.notes, *crash_restart.notes(recording, crash)))


DRILL = Drill(
    NAME,
    "a service that ends with 0 by itself is started again too",
    judge,
    record,
    default=False,
    does="makes it end by itself, past the engine",
)


def _findings(recording: Recording, crash: Crash) -> Iterator[Finding]:
    if crash.started_ns is None and crash.exit_code == 0 and recording.subject.facts.restart_policy == "on-failure":
        if _server(recording):
            cause = crash_causes.not_started(recording, crash)
            yield Finding(Grade.WARN, "it ends with 0, and its policy keeps it down", cause)
        return
    yield from crash_restart.findings(recording, crash)


def _server(recording: Recording) -> bool:
    return recording.port is not None or recording.subject.facts.check is not None


def _workload(recorder: Recorder) -> Process:
    taken = recorder.sample(sockets=True)
    found = anatomy(taken.processes, taken.sockets or (), recorder.port) if taken else None
    if found is None or found.workload is None:
        raise inconclusive("the process that does the work could not be found")
    return found.workload
