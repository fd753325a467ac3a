"""Does a service that crashes again and again still come back, and does the engine wait longer each time?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.crash import crashing
from seatrial.drill.crash.crashes import crashes
from seatrial.drill.crash.returning import restarted, returned
from seatrial.drill.drill import Drill
from seatrial.drill.drills import crash_restart
from seatrial.drill.unjudged import Unjudged, skip
from seatrial.drill.verdict import Cause, Finding, Grade, Verdict, concluded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.crash.crashes import Crash
    from seatrial.drill.live.recorder import Recorder
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording
    from seatrial.drill.traffic.request import Target

NAME = "crash-loop"
TIMES = 4


def record(scene: Scene, place: Place) -> Recording:
    """SIGKILL to PID 1 four times, each as soon as it was started again."""
    with scene.recorder(NAME, place) as recorder:
        if recorder.subject.facts.restart_policy == "no":
            raise skip("no restart policy: it cannot crash twice")
        with crashing.sound(recorder) as target:
            _loop(recorder, target)
    return recorder.recording()


def judge(recording: Recording) -> Verdict:
    """Started again after each crash, and steady after the last."""
    service, found = recording.service, crashes(recording)
    figures = crash_restart.figures(recording) | {"crashes": float(len(found))}
    last = found[-1] if found else None
    reason = next((text for crash in found if (text := crash_restart.unfit(recording, crash))), "")
    if last is None or reason:
        return Verdict(NAME, service, Grade.INCONCLUSIVE, reason or "nothing was done", figures=figures)
    gaps = [round(crash.gap_s, 2) for crash in found if crash.gap_s is not None]
    figures |= {f"gap_{number}_s": gap for number, gap in enumerate(gaps, start=1)}
    fine = f"{len(found)} crashes in a row, started again after {', '.join(f'{gap:.1f}' for gap in gaps)} s each time"
    verdict = concluded(NAME, service, _findings(recording, last, len(found)), fine, figures)
    return replace(verdict, notes=(*verdict.notes, *crash_restart.notes(recording, last)))


DRILL = Drill(
    NAME,
    "after four crashes in a row the service still comes back",
    judge,
    record,
    default=False,
    does="kills it four times in a row",
)


def _loop(recorder: Recorder, target: Target | None) -> None:
    died = crashing.killed(recorder)
    for turn in range(2, TIMES + 1):
        if died is None or not restarted(recorder, died.time_ns):
            return
        recorder.scene.tell(f"{recorder.service}: {NAME}: crash {turn} of {TIMES}")
        recorder.renew()
        try:
            died = crashing.killed(recorder)
        except Unjudged:
            break  # it has ended by itself, which is what is to be judged
    if died and restarted(recorder, died.time_ns):
        returned(recorder, target, died.time_ns)


def _findings(recording: Recording, last: Crash, count: int) -> Iterator[Finding]:
    limit = recording.subject.facts.restart_limit
    if last.started_ns is None and limit and count > limit:
        evidence = (f"restarts stop at {limit}, and a long good run does not set the count back",)
        cause = Cause(causes.POLICY_DISABLED, "restart: unless-stopped", evidence)
        yield Finding(Grade.WARN, f"on-failure:{limit}: crash {count} keeps it down for good", cause)
        return
    yield from crash_restart.findings(recording, last)
