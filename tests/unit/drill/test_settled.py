"""One that the engine restarts over and over looks as if it ran, when it is looked at in the wrong moment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seatrial.drill.live.restore import Look
from seatrial.drill.live.settled import unproved_s
from seatrial.engine.observed import Container, Snapshot

NOON_NS = 1795348800 * 10**9
STEADY = Container("c1", "shop-api-1", "api", "running", started_at="2026-11-22T11:00:00.000000000Z")
RESTARTED = replace(STEADY, restart_count=4, started_at="2026-11-22T11:59:59.500000000Z")


def seen(container: Container) -> Look:
    return Look(Snapshot((container,)), {})


def test_what_was_restarted_half_a_second_ago_has_yet_to_prove_that_it_runs() -> None:
    assert unproved_s(seen(STEADY), seen(RESTARTED), NOON_NS) == pytest.approx(2.5)


@pytest.mark.parametrize(
    "now",
    [STEADY, replace(RESTARTED, restart_count=0), replace(RESTARTED, state="restarting")],
    ids=["old", "not restarted by the engine", "between two tries"],
)
def test_nothing_is_waited_for_otherwise(now: Container) -> None:
    assert unproved_s(seen(STEADY), seen(now), NOON_NS) <= 0
