"""The time that a late check costs is named only where a start waits for the check."""

from __future__ import annotations

import pytest

from seatrial.engine.observed import Container, Health
from seatrial.lifecycle.interval_cost import lost
from seatrial.lifecycle.readiness import Standing, Verdict
from seatrial.lifecycle.timing import Times
from seatrial.stack import HealthCheck, Service, Stack

STACK = Stack("shop", (Service("x", healthcheck=HealthCheck(("CMD", "x"), interval_s=30.0)),))


@pytest.mark.parametrize(("standing", "count"), [(Standing.READY, 1), (Standing.DONE, 0)])
def test_a_one_shot_waits_for_no_check(standing: Standing, count: int) -> None:
    verdict = Verdict("x", standing, "", Container("x", "x", "x", "running", Health("starting")))
    assert len(lost(STACK, [verdict], {"x": Times(started=0.5, ready=1.5)})) == count
