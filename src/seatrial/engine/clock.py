"""Two clocks: the engine's, in events and inspections, and ours. They differ when it is in a virtual machine."""

from __future__ import annotations

import time
from dataclasses import dataclass

from seatrial.engine.containers import asked
from seatrial.engine.stamps import nanoseconds

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Clock:
    """The engine's clock minus ours, and how wrong that may be; both in nanoseconds."""

    offset_ns: int = 0
    error_ns: int = 0

    def ours(self, engine_ns: int) -> int:
        """A time of the engine's by our clock."""
        return engine_ns - self.offset_ns

    def engines(self, our_ns: int) -> int:
        """A time of ours by the engine's clock."""
        return our_ns + self.offset_ns


def compared() -> Clock:
    """Ask the engine for its time, take the fastest answer; a difference within the error counts as none."""
    readings = []
    for _ in range(_TRIES):
        before = time.time_ns()
        told = asked(["info", "--format", "{{.SystemTime}}"], doing="tell its time").strip()
        after = time.time_ns()
        readings.append(Clock(nanoseconds(told) - (before + after) // 2, (after - before) // 2))
    best = min(readings, key=lambda clock: clock.error_ns)
    return Clock(0, best.error_ns) if abs(best.offset_ns) <= best.error_ns else best
