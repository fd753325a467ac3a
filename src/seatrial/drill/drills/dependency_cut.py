"""Does a service survive that the network to what it depends on is cut: old connections hang, its name is unknown?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.drill import Drill, Scope
from seatrial.drill.outage.disturbing import disturbed
from seatrial.drill.outage.faults import CUT
from seatrial.drill.outage.verdict import verdict

if TYPE_CHECKING:
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording

NAME = "dependency-cut"


def record(scene: Scene, place: Place) -> Recording:
    """The dependency taken off the networks of both, and put back with its aliases."""
    return disturbed(scene, NAME, place, CUT)


DRILL = Drill(
    NAME,
    "a service survives that the network to a dependency is cut, and connects to it again",
    verdict,
    record,
    default=False,
    scope=Scope.EDGE,
    does="takes the dependency off the network for some seconds",
)
