"""Which ends of a container are told."""

from __future__ import annotations

from seatrial.engine.observed import Event
from seatrial.watch.crashes import Crashes

S = 10**9


def event(action: str, at_s: float, code: str = "1") -> Event:
    return Event(action, "c1", "web", int(at_s * S), {"exitCode": code} if action == "die" else {})


def test_a_crash_is_told_at_once_and_a_series_now_and_then() -> None:
    crashes = Crashes()
    found = [crashes.happened(event("die", n)) for n in range(12)]
    assert [one for one in found if one] == [(1, 1), (1, 3), (1, 10)]


def test_a_save_begins_a_new_count() -> None:
    crashes = Crashes()
    crashes.happened(event("die", 1))
    crashes.saved("web")
    assert crashes.happened(event("die", 2)) == (1, 1)


def test_an_end_after_a_signal_or_with_0_is_no_crash() -> None:
    crashes = Crashes()
    crashes.happened(event("kill", 1))
    assert crashes.happened(event("die", 2, "143")) is None
    assert crashes.happened(event("die", 3, "0")) is None
    assert crashes.happened(event("die", 4, "137")) == (137, 1)
