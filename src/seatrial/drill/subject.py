"""What a drill is about: one service of a running stack, with everything that is known of it beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatrial.engine.facts import Facts
    from seatrial.stack import Service, Stack

DEFAULT_GRACE_S = 10


@dataclass(frozen=True, slots=True)
class Subject:
    """One service, seen through its first container.

    Attributes:
        engine: the engine's version, as numbers.
        startup_budget_s: how soon after its start the service should be healthy.
    """

    stack: Stack
    service: Service
    facts: Facts
    engine: tuple[int, ...]
    startup_budget_s: float = 10.0

    @property
    def grace_s(self) -> int:
        """Seconds between stop signal and SIGKILL that are in force."""
        return DEFAULT_GRACE_S if self.facts.stop_timeout_s is None else self.facts.stop_timeout_s

    @property
    def waited_for_healthy_by(self) -> tuple[str, ...]:
        """Services that start only when this one is healthy."""
        return tuple(
            other.name
            for other in self.stack.services
            for edge in other.depends_on
            if edge.service == self.service.name and edge.condition == "service_healthy"
        )
