"""Is a service ready within its budget when its container is made anew, with nothing but its volumes?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill.crash.returning import answers
from seatrial.drill.drill import Drill
from seatrial.drill.live.reach import reached
from seatrial.drill.live.steady import steady
from seatrial.drill.start import verdict as start_verdict
from seatrial.drill.start.renewing import renew, renewable
from seatrial.drill.start.starting import watched
from seatrial.drill.start.startup import startup
from seatrial.drill.unjudged import inconclusive, skip
from seatrial.drill.verdict import Verdict, concluded

if TYPE_CHECKING:
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording

NAME = "cold-start"


def record(scene: Scene, place: Place) -> Recording:
    """Only where nothing can be lost by it."""
    with scene.recorder(NAME, place) as recorder:
        recorder.before = steady(scene, place.service, recorder.patience_s)
        target, limit = reached(recorder), recorder.subject.startup_budget_s
        if target is None and not recorder.subject.facts.check:
            raise skip("nothing tells when it is ready: it has no health check, and no port that answers")
        renewable(recorder)
        if target and not answers(recorder, target, limit):
            raise inconclusive(f"it runs, and does not answer within {limit:g} s: logs --service {place.service}")
        scene.tell(f"{place.service}: {NAME}: making its container anew")
        watched(recorder, lambda: renew(recorder))
    return recorder.recording()


def judge(recording: Recording) -> Verdict:
    """By its first answer against its budget."""
    start = startup(recording)
    figures = {} if start is None else {"cold_ready_s": start.ready_s, "cold_healthy_s": start.healthy_s}
    known = {name: round(value, 3) for name, value in figures.items() if value is not None}
    found = start_verdict.findings(recording, start)
    verdict = concluded(NAME, recording.service, found, start_verdict.told(start), known)
    return replace(verdict, notes=(*verdict.notes, *start_verdict.notes(start)))


DRILL = Drill(
    NAME,
    "made anew from nothing but its volumes, a service is ready within its budget",
    judge,
    record,
    does="makes its container anew, where that loses nothing",
)
