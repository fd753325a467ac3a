"""Does a service survive the crash of what it depends on, and connect to it again?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.drill import Drill, Scope
from seatrial.drill.outage.disturbing import disturbed
from seatrial.drill.outage.faults import CRASHED
from seatrial.drill.outage.verdict import verdict

if TYPE_CHECKING:
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording

NAME = "dependency-crash"


def record(scene: Scene, place: Place) -> Recording:
    """The dependency killed without the engine's knowledge, and started again."""
    return disturbed(scene, NAME, place, CRASHED)


DRILL = Drill(
    NAME,
    "a service survives the crash of a dependency, and connects to it again",
    verdict,
    record,
    default=False,
    scope=Scope.EDGE,
    does="kills the dependency past the engine",
)
