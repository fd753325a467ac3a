"""Does the stop signal reach the program that does the work? Twice the same stop, with and without the way to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill.drill import Drill
from seatrial.drill.drills import graceful_stop
from seatrial.drill.service.anatomy import shown
from seatrial.drill.stop import stopping
from seatrial.drill.stop.case import Case
from seatrial.drill.stop.ended import stop
from seatrial.drill.unjudged import skip
from seatrial.drill.verdict import Grade, Verdict

if TYPE_CHECKING:
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording

NAME = "signal-path"


def record(scene: Scene, place: Place) -> Recording:
    """A stop through the engine, and one with the signal sent straight to the process."""
    if not scene.sees:
        raise skip(scene.blind)
    recording = stopping.through_engine(scene, NAME, place)
    if recording.refusal:
        return recording
    return replace(recording, control=stopping.straight(scene, NAME, place))


def judge(recording: Recording) -> Verdict:
    """By whether both ended alike; which of them was clean is said by `graceful-stop`'s rules."""
    stopped = graceful_stop.judge(recording)
    ended, control = stop(recording), recording.control
    if ended is None or control is None:
        return _verdict(recording, Grade.INCONCLUSIVE, "the signal was not sent both ways: drill it again")
    case = Case(recording, ended, lost=False)
    way = " > ".join(shown(process) for process in case.anatomy.chain)
    if graceful_stop.clean(recording):
        if stopped.grade is Grade.FAIL and stopped.cause and case.anatomy.between:
            return replace(stopped, drill=NAME)
        return _alike(recording, stopped, f"{case.signal} arrives: {way or 'PID 1'}")
    if control.refusal:
        return _verdict(recording, Grade.INCONCLUSIVE, control.refusal.reason)
    if not graceful_stop.clean(control):
        reason = f"unclean both ways ({way}): the program is to blame, not the way; mend what graceful-stop says first"
        return _verdict(recording, Grade.INCONCLUSIVE, reason)
    if not case.anatomy.between:
        reason = f"nothing stands in the way ({way}), and the stop fails for another reason: graceful-stop says which"
        return _verdict(recording, Grade.INCONCLUSIVE, reason)
    return replace(stopped, drill=NAME, notes=())


def _alike(recording: Recording, stopped: Verdict, fine: str) -> Verdict:
    """The stop through the engine is clean; where nothing proves that the program got the signal, the way is direct."""
    ended, control = stop(recording), recording.control
    between = ended is not None and Case(recording, ended, lost=False).anatomy.between
    if stopped.grade is Grade.INCONCLUSIVE and between:
        return _verdict(recording, Grade.INCONCLUSIVE, stopped.summary)
    if control is None or control.refusal or not graceful_stop.clean(control):
        note = "sent straight to the program the signal does not end the service: what stands above it goes on"
        return replace(_verdict(recording, Grade.PASS, fine), notes=(note,), figures=stopped.figures)
    return replace(_verdict(recording, Grade.PASS, f"{fine}; alike both ways"), figures=stopped.figures)


def _verdict(recording: Recording, grade: Grade, summary: str) -> Verdict:
    return Verdict(NAME, recording.service, grade, summary)


DRILL = Drill(
    NAME,
    "the stop signal reaches the program that does the work",
    judge,
    record,
    default=False,
    does="stops it twice: through the engine, and with the signal sent straight to the program",
)
