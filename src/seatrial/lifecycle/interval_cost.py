"""What a health check's interval costs: the engine asks so late that a service has been ready for long. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.lifecycle.health_timing import earlier_probes, yaml
from seatrial.lifecycle.readiness import Standing
from seatrial.stack import HealthCheck

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from seatrial.lifecycle.readiness import Verdict
    from seatrial.lifecycle.timing import Times
    from seatrial.stack import Stack

_WORTH_S = 2.0


@dataclass(frozen=True, slots=True)
class Lost:
    """A service that was ready `lost_s` before the engine said so, or will say so; `fix` goes in its `healthcheck`."""

    service: str
    ready_s: float
    healthy_s: float
    interval_s: float
    said: bool
    fix: str

    @property
    def lost_s(self) -> float:
        return self.healthy_s - self.ready_s

    def __str__(self) -> str:
        says = "said so" if self.said else "will say so"
        return (
            f"{self.service}: its check passed after {self.ready_s:.1f} s, and the engine {says} after"
            f" {self.healthy_s:.0f} s (interval {self.interval_s:g} s);"
            f" `{self.fix}` in its healthcheck would save {self.lost_s:.0f} s"
        )


def lost(stack: Stack, verdicts: Sequence[Verdict], times: Mapping[str, Times]) -> tuple[Lost, ...]:
    """Return those that lose a noticeable time, worst first; a one-shot counts by its end, not by its check."""
    return tuple(sorted(_lost(stack, verdicts, times), key=lambda one: -one.lost_s))


def _lost(stack: Stack, verdicts: Sequence[Verdict], times: Mapping[str, Times]) -> Iterator[Lost]:
    for verdict in verdicts:
        found = times.get(verdict.service)
        if verdict.standing is Standing.DONE or found is None or found.ready is None or found.started is None:
            continue
        if verdict.container is None or verdict.container.health is None:
            continue
        check = stack.service(verdict.service).healthcheck or HealthCheck(())
        said = found.healthy is not None
        healthy_s = found.healthy if found.healthy is not None else _expected_s(check, found.started, found.ready)
        fix = yaml(earlier_probes(check.start_period_s, check.start_interval_s, ready_s=found.ready))
        if fix and healthy_s - found.ready >= _WORTH_S:
            yield Lost(verdict.service, found.ready, healthy_s, check.interval_s, said, fix)


def _expected_s(check: HealthCheck, started_s: float, ready_s: float) -> float:
    """The engine's first probe after it was ready."""
    step = min(check.interval_s, check.start_interval_s) if check.start_period_s else check.interval_s
    return started_s + step * max(math.ceil((ready_s - started_s) / step), 1)
