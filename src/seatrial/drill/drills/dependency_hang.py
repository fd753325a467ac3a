"""Does a service answer while what it depends on takes connections and says nothing?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.drill import Drill, Scope
from seatrial.drill.outage.disturbing import disturbed
from seatrial.drill.outage.faults import FROZEN
from seatrial.drill.outage.verdict import verdict

if TYPE_CHECKING:
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording

NAME = "dependency-hang"


def record(scene: Scene, place: Place) -> Recording:
    """The dependency frozen: the worst outage, as everything looks well and nothing comes."""
    return disturbed(scene, NAME, place, FROZEN)


DRILL = Drill(
    NAME,
    "while a dependency hangs, requests end within 5 s, and afterwards all is as before",
    verdict,
    record,
    default=True,
    scope=Scope.EDGE,
    does="freezes the dependency for some seconds",
)
