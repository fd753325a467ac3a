"""Verdicts on hangs, from recordings of real ones and what might have been instead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seatrial.drill import journal
from seatrial.drill.crash import hanging
from seatrial.drill.drills.hang import judge
from seatrial.drill.recording import Mark
from seatrial.drill.verdict import Grade, Verdict
from seatrial.engine.observed import Event

if TYPE_CHECKING:
    from seatrial.drill.recording import Recording

FILE = Path(__file__).parents[2] / "data" / "recordings" / "hang.json"
REAL = {recording.service: recording for recording in journal.read(FILE)}
NOTICED = REAL["asked"]
S = 10**9


def told(verdict: Verdict) -> tuple[Grade, str | None]:
    return verdict.grade, verdict.cause.id if verdict.cause else None


def happened(recording: Recording, action: str, after_s: float) -> Recording:
    """With one event more, so long after it was frozen."""
    frozen = recording.mark(hanging.FROZEN)
    assert frozen
    event = Event(action, recording.subject.facts.id, recording.service, frozen.at_ns + int(after_s * S))
    return replace(recording, events=tuple(sorted((*recording.events, event), key=lambda one: one.time_ns)))


def later(recording: Recording, seconds: float) -> Recording:
    """Noticed, let go and well again so much later."""
    shift = int(seconds * S)
    events = tuple(replace(event, time_ns=event.time_ns + shift) for event in recording.events)
    marks = tuple(m if m.what == hanging.FROZEN else replace(m, at_ns=m.at_ns + shift) for m in recording.marks)
    return replace(recording, events=events, marks=marks)


@pytest.mark.parametrize(
    ("service", "grade", "cause"),
    [
        ("asked", Grade.PASS, None),
        ("joined", Grade.WARN, "no-timeout"),
        ("looked", Grade.FAIL, "probe-broken"),
    ],
)
def test_real_hangs_are_judged_as_they_went(service: str, grade: Grade, cause: str | None) -> None:
    assert told(judge(REAL[service])) == (grade, cause)


def test_dependents_that_hang_too_are_named_in_the_fix() -> None:
    verdict = judge(REAL["joined"])
    assert verdict.cause is not None
    assert verdict.cause.fix.endswith("in endless")


def test_a_check_that_had_failed_before_proves_nothing() -> None:
    verdict = judge(happened(REAL["looked"], "health_status: unhealthy", -1))
    assert told(verdict) == (Grade.INCONCLUSIVE, None)
    recovered = happened(happened(NOTICED, "health_status: unhealthy", -2), "health_status: healthy", -1)
    assert judge(recovered).grade is Grade.PASS


def test_one_that_something_else_ends_meanwhile_is_not_judged() -> None:
    assert told(judge(happened(NOTICED, "die", 1))) == (Grade.INCONCLUSIVE, None)


def test_later_than_its_check_says_is_a_warning() -> None:
    verdict = judge(later(NOTICED, 20))
    assert told(verdict) == (Grade.WARN, None)
    assert "should have been within" in verdict.summary


def test_more_than_a_minute_is_too_late_whatever_was_computed() -> None:
    assert told(judge(later(NOTICED, 70))) == (Grade.WARN, "no-timeout")


def test_one_that_does_not_go_on_fails() -> None:
    verdict = judge(replace(NOTICED, marks=tuple(m for m in NOTICED.marks if m.what != "steady again")))
    assert verdict.grade is Grade.FAIL
    assert "not well again" in verdict.summary


def test_what_was_never_frozen_is_not_judged() -> None:
    assert told(judge(replace(NOTICED, marks=(Mark(0, "something else"),)))) == (Grade.INCONCLUSIVE, None)
