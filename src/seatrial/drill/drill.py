"""The shape that all drills have."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording
    from seatrial.drill.verdict import Verdict


class Scope(StrEnum):
    """What one recording is about."""

    SERVICE = "service"
    EDGE = "dependency"
    STACK = "stack"


@dataclass(frozen=True, slots=True)
class Drill:
    """One drill.

    Attributes:
        name: a stable word.
        summary: what it proves, in one line.
        judge: pure, a recording in and a verdict out; it is not asked about a recording with a refusal.
        record: acts and records; None for a drill that only reads the configuration in force.
        does: what it does to the service, in a few words; "" when it only looks.
        looks: whether it changes nothing while it records: done first, and once.
        default: whether it belongs to what `drill` does when nothing is chosen.
        asks: what has to be declared before it is done; "" when nothing.
    """

    name: str
    summary: str
    judge: Callable[[Recording], Verdict]
    record: Callable[[Scene, Place], Recording] | None = None
    default: bool = True
    asks: str = ""
    scope: Scope = Scope.SERVICE
    looks: bool = False
    does: str = ""

    @property
    def acts(self) -> bool:
        """Whether it does something to the stack."""
        return self.record is not None and not self.looks
