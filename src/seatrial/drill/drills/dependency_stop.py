"""Does a service survive the stop of what it depends on, and find it again at another address?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.drill import Drill, Scope
from seatrial.drill.outage.disturbing import disturbed
from seatrial.drill.outage.faults import STOPPED
from seatrial.drill.outage.verdict import verdict

if TYPE_CHECKING:
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording

NAME = "dependency-stop"


def record(scene: Scene, place: Place) -> Recording:
    """The dependency stopped as Compose would, and started at another address where that can be brought about."""
    return disturbed(scene, NAME, place, STOPPED)


DRILL = Drill(
    NAME,
    "a service survives the stop of a dependency, and finds it at its new address",
    verdict,
    record,
    default=True,
    scope=Scope.EDGE,
    does="stops the dependency, which comes back at another address",
)
