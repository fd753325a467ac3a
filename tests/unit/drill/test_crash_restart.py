"""Verdicts on crashes, from recordings of real ones and what might have been instead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seatrial.drill import journal
from seatrial.drill.crash.crashes import CRASHED, Crash, crashes, longest_gap_s
from seatrial.drill.drills.crash_restart import judge
from seatrial.drill.recording import Mark
from seatrial.drill.verdict import Confidence, Grade
from seatrial.engine.facts import Check
from seatrial.engine.observed import Event, Health, Probe

if TYPE_CHECKING:
    from seatrial.drill.recording import Recording

FILE = Path(__file__).parents[2] / "data" / "recordings" / "crash-restart.json"
REAL = {recording.service: recording for recording in journal.read(FILE)}
SOUND = REAL["always"]
S = 10**9


def with_facts(recording: Recording, **changes: object) -> Recording:
    facts = replace(recording.subject.facts, **changes)  # type: ignore[arg-type]
    return replace(recording, subject=replace(recording.subject, facts=facts))


def without(recording: Recording, *actions: str) -> Recording:
    """As if these events had not come, and the service had not been seen steady."""
    events = tuple(event for event in recording.events if event.action not in actions)
    marks = tuple(mark for mark in recording.marks if mark.what != "steady again")
    return replace(recording, events=events, marks=marks, requests=recording.requests[:1])


def event(recording: Recording, action: str, after_s: float, **attributes: str) -> Event:
    began = recording.mark(CRASHED)
    assert began
    return Event(action, recording.subject.facts.id, recording.service, began.at_ns + int(after_s * S), attributes)


def first(recording: Recording) -> Crash:
    (crash,) = crashes(recording)
    return crash


def test_what_answers_at_its_address_while_it_is_down_is_somebody_else() -> None:
    answered = first(SOUND).answered_ns
    assert answered is not None
    ended = replace(event(SOUND, "die", 0), time_ns=answered - 1)
    assert first(replace(SOUND, events=(*SOUND.events, ended))).answered_ns is None


@pytest.mark.parametrize(
    ("service", "grade", "cause", "confidence"),
    [
        ("always", Grade.PASS, None, None),
        ("spent", Grade.FAIL, "policy-disabled", Confidence.CERTAIN),
        ("signalled", Grade.FAIL, "policy-disabled", Confidence.CERTAIN),
        ("stale", Grade.FAIL, "stale-state-blocks-restart", Confidence.LIKELY),
        ("late", Grade.FAIL, "start-too-slow", Confidence.CERTAIN),
    ],
)
def test_real_crashes_are_judged_as_they_went(
    service: str, grade: Grade, cause: str | None, confidence: Confidence | None
) -> None:
    verdict = judge(REAL[service])
    found = verdict.cause
    assert (verdict.grade, found.id if found else None) == (grade, cause)
    assert (found.confidence if found else None) is confidence


def test_without_a_policy_none_is_tried() -> None:
    verdict = judge(with_facts(replace(SOUND, marks=()), restart_policy="no"))
    assert verdict.grade is Grade.WARN
    assert verdict.cause is not None
    assert verdict.cause.id == "policy-missing"


def test_a_signal_through_the_engine_is_no_crash() -> None:
    recording = replace(SOUND, events=(event(SOUND, "kill", 0.01, signal="9"), *SOUND.events))
    verdict = judge(recording)
    assert (verdict.grade, verdict.cause) == (Grade.INCONCLUSIVE, None)


def test_a_service_that_somebody_else_has_started_proves_no_policy() -> None:
    assert SOUND.after
    verdict = judge(replace(SOUND, after=replace(SOUND.after, restart_count=0)))
    assert verdict.grade is Grade.INCONCLUSIVE
    assert "somebody else started it" in verdict.summary


def test_a_kill_that_does_not_end_it_is_not_judged() -> None:
    assert judge(without(SOUND, "die", "start")).grade is Grade.INCONCLUSIVE


def test_a_policy_that_does_nothing_is_blamed_on_a_signal_that_was_not_seen_only_as_a_guess() -> None:
    recording = without(SOUND, "start")
    unseen, seen = judge(recording), judge(replace(recording, earlier=(event(SOUND, "kill", -60, signal="10"),)))
    assert unseen.cause is not None
    assert seen.cause is not None
    assert (unseen.grade, unseen.cause.id, unseen.cause.confidence) == (
        Grade.FAIL,
        "policy-disabled",
        Confidence.GUESS,
    )
    assert seen.cause.confidence is Confidence.CERTAIN
    assert "SIGUSR1" in seen.cause.evidence[0]


def test_what_the_engine_cannot_get_a_second_time_is_quoted() -> None:
    recording = without(SOUND, "start")
    assert recording.ended
    said = "driver failed: Bind for 0.0.0.0:80 failed: port is already allocated"
    verdict = judge(replace(recording, ended=replace(recording.ended, error=said)))
    assert verdict.cause is not None
    assert (verdict.cause.id, verdict.cause.confidence) == ("stale-state-blocks-restart", Confidence.LIKELY)
    assert said in verdict.cause.evidence


def test_falling_without_a_word_about_old_state_is_a_guess() -> None:
    verdict = judge(
        replace(REAL["stale"], logs=(), marks=tuple(m for m in REAL["stale"].marks if "left" not in m.what))
    )
    assert verdict.cause is not None
    assert (verdict.cause.id, verdict.cause.confidence) == ("stale-state-blocks-restart", Confidence.GUESS)


def test_coming_back_at_the_third_try_is_a_warning() -> None:
    crash = first(SOUND)
    assert crash.started_ns
    at = (crash.started_ns - crash.sent_ns) / S
    again = (event(SOUND, "die", at + 0.01, exitCode="1"), event(SOUND, "start", at + 0.02))
    verdict = judge(replace(SOUND, events=(*SOUND.events, *again)))
    assert verdict.grade is Grade.WARN
    assert "ended 1 times more" in verdict.summary


@pytest.mark.parametrize(
    ("check", "cause"),
    [
        (Check(("CMD", "x"), interval_s=1), "probe-broken"),
        (Check(("CMD", "x")), "interval-dominates"),
    ],
)
def test_answering_without_becoming_healthy_is_the_fault_of_the_check(check: Check, cause: str) -> None:
    marks = tuple(mark for mark in SOUND.marks if mark.what != "steady again")
    assert SOUND.after
    health = Health("unhealthy", 3, (Probe(127, "curl: not found"),))
    recording = replace(with_facts(SOUND, check=check), marks=marks, after=replace(SOUND.after, health=health))
    verdict = judge(recording)
    assert verdict.grade is Grade.FAIL
    assert verdict.cause is not None
    assert verdict.cause.id == cause
    if cause == "probe-broken":
        assert any("curl: not found" in line for line in verdict.cause.evidence)
        # It passed before, so the machine is too busy.
        health = Health("unhealthy", 3, (Probe(-1, "Health check exceeded timeout (1s)"),))
        late = judge(replace(recording, after=replace(SOUND.after, health=health)))
        assert (late.grade, late.cause) == (Grade.INCONCLUSIVE, None)
        assert "less busy" in late.summary


def test_healthy_after_the_budget_though_it_answered_within_is_a_warning() -> None:
    crash = first(SOUND)
    assert crash.started_ns
    check, late = Check(("CMD", "x")), (crash.started_ns - crash.sent_ns) / S + 30.1
    marks = (*(m for m in SOUND.marks if m.what == CRASHED), Mark(crash.sent_ns + 40 * S, "steady again"))
    healthy = event(SOUND, "health_status: healthy", late)
    recording = replace(with_facts(SOUND, check=check), events=(*SOUND.events, healthy), marks=marks)
    verdict = judge(recording)
    assert (verdict.grade, verdict.cause.id if verdict.cause else "") == (Grade.WARN, "interval-dominates")


def test_another_address_is_told() -> None:
    moved = Mark(first(SOUND).sent_ns + S, "has another address:", "10.0.0.3, before: 10.0.0.2")
    verdict = judge(replace(SOUND, marks=(*SOUND.marks, moved)))
    assert verdict.grade is Grade.PASS
    assert any("10.0.0.3" in note for note in verdict.notes)


def test_the_engine_waits_twice_as_long_each_time_up_to_a_minute() -> None:
    assert [longest_gap_s(count) for count in (0, 1, 2, 3, 10, 11, 1000)] == [0.1, 0.1, 0.2, 0.4, 51.2, 60.0, 60.0]
