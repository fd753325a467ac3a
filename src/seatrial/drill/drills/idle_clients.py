"""Does a service stop soon although clients keep connections open on which they ask nothing?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.drill import Drill
from seatrial.drill.start import cycle
from seatrial.drill.stop.case import Case
from seatrial.drill.stop.causes import cause, close_idle
from seatrial.drill.stop.ended import Stop, stop
from seatrial.drill.stop.fixes import sufficient_grace_s
from seatrial.drill.timeline import timeline
from seatrial.drill.traffic.classify import classify
from seatrial.drill.verdict import Cause, Confidence, Finding, Grade, Verdict, concluded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording

NAME = "idle-clients"
# Either is soon enough.
_SOON_S, _SHARE = 2.0, 0.5
_MUCH_S = 1.0


def record(scene: Scene, place: Place) -> Recording:
    """A stop with idle connections only; when it takes long, one without any, to compare."""
    recording = cycle.taken(scene, NAME, place)
    ended = stop(recording)
    if recording.refusal or ended is None or not _slow(ended) or not _standing(recording, ended):
        return recording
    scene.tell(f"{place.service}: {NAME}: once more, with no connection open")
    return replace(recording, control=cycle.unheld(scene, NAME, place))


def judge(recording: Recording) -> Verdict:
    """By the time that it takes, against one without connections."""
    service, ended, trial = recording.service, stop(recording), recording.trial
    if trial is None or trial.error:
        why = trial.error if trial else "it has no port that is known"
        return Verdict(NAME, service, Grade.SKIP, f"nobody can hold a connection to it ({why})")
    if not trial.kept:
        return Verdict(NAME, service, Grade.SKIP, "it keeps no connection open after its answer")
    if ended is None or ended.used_s is None:
        text = "it did not end, although the engine was asked to stop it"
        return Verdict(NAME, service, Grade.INCONCLUSIVE, text)
    standing = _standing(recording, ended)
    figures = {"idle_used_s": round(ended.used_s, 4), "idle_connections": float(standing)}
    if not standing:
        text = "the idle connections were closed before the stop: nothing was held"
        return Verdict(NAME, service, Grade.INCONCLUSIVE, text, figures=figures)
    fine = f"ended in {ended.used_s:.2f} s with {standing} idle connections open"
    return concluded(NAME, service, _findings(recording, ended, standing), fine, figures)


DRILL = Drill(
    NAME,
    "connections on which nothing is asked do not hold the stop",
    judge,
    record,
    does="stops it with idle connections open, and starts it",
)


def _slow(ended: Stop) -> bool:
    return ended.killed or ended.used_s is None or ended.used_s > max(_SOON_S, _SHARE * ended.grace_s)


def _standing(recording: Recording, ended: Stop) -> int:
    """Connections that were open when the engine was asked, with nothing asked on them.

    The event of the signal may come later than what the service does on it, which is to close them.
    """
    return classify(recording.requests, ended.sent_ns, ended.ended_ns).idle.total


def _findings(recording: Recording, ended: Stop, standing: int) -> Iterator[Finding]:
    if not _slow(ended):
        return
    used = ended.used_s or 0
    how = f"SIGKILL after {used:.1f} s" if ended.killed else f"ended only after {used:.1f} s"
    found = _cause(recording, ended, standing)
    lines = timeline(recording, ended.sent_ns, until_ns=ended.ended_ns)
    found = replace(found, evidence=(*found.evidence, *lines))
    yield Finding(Grade.FAIL, f"{how} of {ended.grace_s} s grace, with {standing} idle connections open", found)


def _cause(recording: Recording, ended: Stop, standing: int) -> Cause:
    """Without connections it is fast: they are it. As slow: they are not, and what is comes from the stop itself."""
    case = Case(recording, ended, lost=False)
    control = recording.control if recording.control and not recording.control.refusal else None
    free = stop(control) if control else None
    if free is not None and free.used_s is not None and not _slow(free) and (ended.used_s or 0) > free.used_s + _MUCH_S:
        seen = f"with no connection open it ended in {free.used_s:.2f} s"
        return Cause(causes.CONNECTIONS_HOLD_STOP, close_idle(case), (seen, _closed(recording, ended, standing)))
    found = cause(case)
    if free is None:
        held = Cause(
            causes.CONNECTIONS_HOLD_STOP, close_idle(case), (_closed(recording, ended, standing),), Confidence.GUESS
        )
        return found or held
    if found is not None and found.id != causes.CONNECTIONS_HOLD_STOP:
        return found
    took = f"with no connection open it took {free.used_s or 0:.1f} s as well"
    longer = f"stop_grace_period: {sufficient_grace_s(max(free.used_s or 0, ended.used_s or 0))}s"
    fix = f"shorten what the program does on {case.signal}"
    fix += "; graceful-stop measures how long it needs" if ended.killed or free.killed else f", or {longer}"
    return Cause(causes.DRAIN_EXCEEDS_GRACE, fix, (took,), Confidence.LIKELY)


def _closed(recording: Recording, ended: Stop, standing: int) -> str:
    """What the service did with them."""
    end = ended.ended_ns or ended.signal_ns
    early = [
        request.closed_ns
        for request in recording.requests
        if request.lane == "idle"
        and request.closed_ns
        and ended.sent_ns <= request.closed_ns < end - int(_MUCH_S * 1e9)
    ]
    return f"{len(early)} of {standing} idle connections were closed before the end came"
