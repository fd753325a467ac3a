"""What the timings of a health check come to: arithmetic on what is in force, no probe is run. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.engine.facts import Check

# The engine's defaults: moby daemon/health.go. start_interval defaults to 5 s since 27, before that to the interval.
_INTERVAL_S, _TIMEOUT_S, _RETRIES, _START_INTERVAL_S = 30.0, 30.0, 3, 5.0
START_PERIOD, START_INTERVAL = "start_period", "start_interval"
_PERIOD_S, _PROBE_S, _LEAST_S = 30, 1.0, 0.1


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


def earlier_probes(
    start_period_s: float = 0.0, start_interval_s: float = 0.0, *, ready_s: float = 0.0, budget_s: float = math.inf
) -> dict[str, str]:
    """The keys of a `healthcheck` that make the engine probe soon after the start. `up`, `doctor` and drills agree.

    Args:
        start_period_s: the configured value, 0 for none.
        start_interval_s: the configured value, 0 for none.
        ready_s: how long the service takes to be ready, where that was measured.
        budget_s: the time within which it has to be healthy.
    """
    # In steps, so that two starts of one service get the same advice.
    period_s = max(_PERIOD_S, math.ceil(ready_s * 3 / _PERIOD_S) * _PERIOD_S)
    probe_s = min(_PROBE_S, max((budget_s - ready_s) / 2, _LEAST_S))
    period = {START_PERIOD: f"{period_s}s"} if not start_period_s or start_period_s < ready_s else {}
    late = not 0 < start_interval_s <= probe_s
    probe = f"{probe_s:g}s" if probe_s >= 1 else f"{round(probe_s * 1000)}ms"
    return period | ({START_INTERVAL: probe} if late else {})


def yaml(keys: Mapping[str, str]) -> str:
    """As they are written in a compose file: `start_period: 30s, start_interval: 1s`."""
    return ", ".join(f"{key}: {value}" for key, value in keys.items())
