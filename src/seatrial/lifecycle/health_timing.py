"""What the timings of a health check come to: arithmetic on what is in force, no probe is run. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatrial.engine.facts import Check

# The engine's defaults: moby daemon/health.go. start_interval defaults to 5 s since 27, before that to the interval.
_INTERVAL_S, _TIMEOUT_S, _RETRIES, _START_INTERVAL_S = 30.0, 30.0, 3, 5.0


def first_probe_s(check: Check, engine: tuple[int, ...]) -> float:
    """When the engine probes for the first time, seconds after the start: healthy cannot come sooner."""
    interval = check.interval_s or _INTERVAL_S
    if not check.start_period_s:
        return interval
    default = _START_INTERVAL_S if engine >= (27,) else interval
    return check.start_interval_s or default


def unhealthy_after_s(check: Check) -> float:
    """How long a service that hangs stays `healthy` at most: each probe waits its interval and hits its limit."""
    interval, timeout = check.interval_s or _INTERVAL_S, check.timeout_s or _TIMEOUT_S
    return (check.retries or _RETRIES) * (interval + timeout)
