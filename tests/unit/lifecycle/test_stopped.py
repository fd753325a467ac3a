"""What a container used of its grace, from what the engine told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seatrial.engine.facts import Facts
from seatrial.engine.observed import Container, Event
from seatrial.lifecycle.stopped import Asked, Stopped, grace_of, stopped

RUNNING = Container("1", "shop-web-1", "web", "running")
# 2026-01-01T00:00:00Z
ZERO_NS = 1_767_225_600 * 10**9
ASKED = Asked(0.0, 1.0)


def event(action: str, at_s: float, **attributes: str) -> Event:
    return Event(action, "1", "web", ZERO_NS + int(at_s * 1e9), attributes)


def exited(at_s: float, code: int) -> Container:
    return replace(RUNNING, state="exited", exit_code=code, finished_at=f"2026-01-01T00:00:{at_s:012.9f}Z")


def end(*events: Event, after: Container | None, grace_s: int | None = 10) -> Stopped:
    return stopped(RUNNING, grace_s, ASKED, after, events)


def test_from_the_signal_to_the_end_of_the_process_not_to_the_engines_word() -> None:
    found = end(event("kill", 1.0, signal="15"), event("die", 1.7, exitCode="143"), after=exited(1.5, 143))
    assert found.used_s == pytest.approx(0.5)
    assert (found.exit_code, found.killed) == (143, False)


def test_one_that_was_killed_when_its_grace_was_over() -> None:
    kills = event("kill", 0.0, signal="15"), event("kill", 2.01, signal="9")
    found = end(*kills, after=exited(2.0, 137), grace_s=2)
    assert (found.killed, found.overdue) == (True, True)


def test_one_that_somebody_else_killed_meanwhile() -> None:
    kills = event("kill", 0.0, signal="15"), event("kill", 0.5, signal="9")
    found = end(*kills, after=exited(0.5, 137))
    assert (found.killed, found.overdue) == (True, False)


def test_sigkill_as_the_signal_that_asks_is_no_killing() -> None:
    assert not end(event("kill", 0.0, signal="9"), after=exited(0.1, 137)).killed


def test_one_between_two_restarts_needs_no_signal() -> None:
    found = end(event("stop", 1.0), after=exited(0.5, 3))
    assert (found.used_s, found.exit_code) == (None, 3)


def test_of_one_that_was_removed_meanwhile_its_last_event_tells() -> None:
    events = event("kill", 0.0, signal="15"), event("die", 0.4, exitCode="137"), event("destroy", 0.5)
    found = end(*events, after=None)
    assert found.used_s == pytest.approx(0.4)
    assert found.exit_code == 137
    assert end(after=None).exit_code is None


def test_events_of_other_containers_are_not_its_own() -> None:
    other = replace(event("kill", 0.0, signal="9"), container_id="2")
    assert end(other, event("kill", 0.2, signal="15"), after=exited(0.3, 0)).used_s == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("own", "wanted", "grace"), [(None, None, 10), (3, None, 3), (3, 0, 0), (0, None, 0), (-1, None, None), (-1, 5, 5)]
)
def test_the_grace_is_its_own_or_the_one_that_is_wanted(own: int | None, wanted: int | None, grace: int | None) -> None:
    assert grace_of(Facts("1", "web", "x", (), stop_timeout_s=own), wanted) == grace
