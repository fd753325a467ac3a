"""Verdicts on crashes in a row and on ends with 0, from recordings of real ones and what might have been instead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from seatrial.drill import journal
from seatrial.drill.crash.crashes import CRASHED, crashes
from seatrial.drill.drills import clean_exit, crash_loop
from seatrial.drill.run import judged
from seatrial.drill.verdict import Grade, Verdict

FILE = Path(__file__).parents[2] / "data" / "recordings" / "crash-loop.json"
REAL = {(recording.drill, recording.service): recording for recording in journal.read(FILE)}
LOOP, CLEAN = REAL["crash-loop", "sound"], REAL["clean-exit", "sound"]


def told(verdict: Verdict) -> tuple[Grade, str | None]:
    return verdict.grade, verdict.cause.id if verdict.cause else None


@pytest.mark.parametrize(
    ("drill", "service", "grade", "cause"),
    [
        ("crash-loop", "sound", Grade.PASS, None),
        ("crash-loop", "few", Grade.WARN, "policy-disabled"),
        ("crash-loop", "counting", Grade.FAIL, "stale-state-blocks-restart"),
        ("clean-exit", "sound", Grade.PASS, None),
        ("clean-exit", "few", Grade.WARN, "policy-missing"),
        ("clean-exit", "failing", Grade.INCONCLUSIVE, None),
    ],
)
def test_real_ends_are_judged_as_they_went(drill: str, service: str, grade: Grade, cause: str | None) -> None:
    assert told(judged(REAL[drill, service])) == (grade, cause)


def test_each_crash_has_a_gap_of_its_own_and_only_the_last_ends_well() -> None:
    found = crashes(LOOP)
    assert len(found) == crash_loop.TIMES
    assert all(crash.gap_s and crash.gap_s >= least for crash, least in zip(found, (0.1, 0.2, 0.4, 0.8), strict=True))
    assert [crash.back_ns is not None for crash in found] == [False, False, False, True]


def test_a_service_that_stays_down_without_a_limit_fails() -> None:
    last = [mark for mark in LOOP.marks if mark.what == CRASHED][-1]
    marks = tuple(mark for mark in LOOP.marks if mark.at_ns <= last.at_ns)
    events = tuple(e for e in LOOP.events if e.time_ns < last.at_ns or e.action == "die")
    assert told(crash_loop.judge(replace(LOOP, marks=marks, events=events))) == (Grade.FAIL, "policy-disabled")


def test_a_job_without_port_and_check_may_end_with_0_for_good() -> None:
    verdict = clean_exit.judge(replace(REAL["clean-exit", "few"], port=None))
    assert told(verdict) == (Grade.PASS, None)
    assert "neither port nor health check" in verdict.summary


def test_an_end_with_another_code_proves_nothing_of_on_failure_and_all_of_the_others() -> None:
    died = tuple(replace(e, attributes={"exitCode": "143"}) if e.action == "die" else e for e in CLEAN.events)
    assert told(clean_exit.judge(replace(CLEAN, events=died))) == (Grade.PASS, None)
    facts = replace(CLEAN.subject.facts, restart_policy="on-failure")
    other = replace(CLEAN, events=died, subject=replace(CLEAN.subject, facts=facts))
    assert told(clean_exit.judge(other)) == (Grade.INCONCLUSIVE, None)
