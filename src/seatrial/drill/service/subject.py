"""What a drill is about: one service of a running stack, with everything that is known of it beforehand."""

from __future__ import annotations

from dataclasses import dataclass, field

from seatrial.drill.service.extension import Extension
from seatrial.engine.facts import Facts
from seatrial.stack import Service, Stack

DEFAULT_GRACE_S = 10
DEFAULT_STARTUP_S = 10.0


@dataclass(frozen=True, slots=True)
class Subject:
    """One service, seen through its first container.

    Attributes:
        stack: without its resolved text, which holds every value of the environment.
        engine: the engine's version, as numbers.
        extension: what its `x-seatrial` says.
    """

    stack: Stack
    service: Service
    facts: Facts
    engine: tuple[int, ...]
    extension: Extension = field(default_factory=Extension)

    @property
    def startup_budget_s(self) -> float:
        """How soon after its start the service should be healthy."""
        return self.extension.budgets.startup_s or DEFAULT_STARTUP_S

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
