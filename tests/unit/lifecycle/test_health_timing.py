"""One proposal for early probes, from every command: `up`, `doctor` or a drill."""

from __future__ import annotations

import pytest

from seatrial.lifecycle.health_timing import earlier_probes, yaml


@pytest.mark.parametrize(
    ("configured", "measured", "keys"),
    [
        ({}, {}, "start_period: 30s, start_interval: 1s"),
        ({}, {"ready_s": 0.4}, "start_period: 30s, start_interval: 1s"),
        ({}, {"ready_s": 9.9}, "start_period: 30s, start_interval: 1s"),
        ({}, {"ready_s": 25.0}, "start_period: 90s, start_interval: 1s"),
        ({"start_period_s": 20.0}, {"ready_s": 2.0}, "start_interval: 1s"),
        ({"start_period_s": 20.0, "start_interval_s": 5.0}, {}, "start_interval: 1s"),
        ({"start_interval_s": 0.5}, {}, "start_period: 30s"),
        ({"start_period_s": 5.0, "start_interval_s": 1.0}, {"ready_s": 8.0}, "start_period: 30s"),
        ({"start_period_s": 20.0, "start_interval_s": 1.0}, {"ready_s": 2.0}, ""),
        ({"start_period_s": 20.0}, {"ready_s": 0.4, "budget_s": 1.0}, "start_interval: 300ms"),
        ({"start_period_s": 20.0}, {"ready_s": 0.99, "budget_s": 1.0}, "start_interval: 100ms"),
    ],
)
def test_only_what_keeps_the_first_probe_waiting_is_proposed(
    configured: dict[str, float], measured: dict[str, float], keys: str
) -> None:
    assert yaml(earlier_probes(**configured, **measured)) == keys
