"""Is a service ready within its budget after a stop and a start, and does the engine notice it in time?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill.drill import Drill
from seatrial.drill.start import cycle
from seatrial.drill.start import verdict as start_verdict
from seatrial.drill.start.startup import startup
from seatrial.drill.verdict import Verdict, concluded

if TYPE_CHECKING:
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording

NAME = "warm-start"


def record(scene: Scene, place: Place) -> Recording:
    """The same container, stopped and started."""
    return cycle.taken(scene, NAME, place)


def judge(recording: Recording) -> Verdict:
    """By its first answer against its budget, and by the signs of a stop that was none."""
    start = startup(recording)
    figures = {} if start is None else {"ready_s": start.ready_s, "healthy_s": start.healthy_s, "lost_s": start.lost_s}
    known = {name: round(value, 3) for name, value in figures.items() if value is not None}
    known |= {f"overhead_{part}_s": round(spent, 3) for part, spent in recording.overhead_s.items()}
    found = start_verdict.findings(recording, start)
    verdict = concluded(NAME, recording.service, found, start_verdict.told(start), known)
    return replace(verdict, notes=(*verdict.notes, *start_verdict.notes(start)))


DRILL = Drill(
    NAME,
    "stopped and started again, a service is ready within its budget, without repairs",
    judge,
    record,
    does="judges the start of idle-clients",
)
