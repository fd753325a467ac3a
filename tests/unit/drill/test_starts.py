"""Verdicts on starts, from recordings of real ones and what might have been instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seatrial.drill import journal
from seatrial.drill.drills import cold_start, first_requests, stop_while_starting, warm_start
from seatrial.drill.recording import Mark
from seatrial.drill.start.renewing import copied_in, kept_inside
from seatrial.drill.start.startup import CHECKED, STARTING, startup
from seatrial.drill.verdict import Confidence, Grade, Verdict
from seatrial.engine.attached import Mount
from seatrial.engine.containers import Change
from seatrial.engine.facts import Check
from seatrial.engine.observed import LogLine

if TYPE_CHECKING:
    from seatrial.drill.recording import Recording
    from seatrial.drill.start.startup import Startup

FOLDER = Path(__file__).parents[2] / "data" / "recordings"
REAL = {(r.service, r.drill): r for r in journal.read(FOLDER / "starts.json")}
TURNS = {r.service: r for r in journal.read(FOLDER / "stop-while-starting.json")}
WARM = REAL["honest", "warm-start"]
S = 10**9
RECOVERS = "LOG:  database system was not properly shut down; automatic recovery in progress"
SMART = "LOG:  received smart shutdown request"


def outcome(verdict: Verdict) -> tuple[Grade, str | None]:
    return verdict.grade, verdict.cause.id if verdict.cause else None


def begun(recording: Recording) -> int:
    mark = recording.mark(STARTING)
    assert mark
    return mark.at_ns


def read(recording: Recording) -> Startup:
    start = startup(recording)
    assert start
    return start


def answering_after(recording: Recording, seconds: float) -> Recording:
    """As if its first answer had come then, and refusals before."""
    at = read(recording).started_ns + int(seconds * S)
    good = next(request for request in recording.requests if request.good and request.due_ns > begun(recording))
    refused = replace(good, due_ns=at - S, done_ns=at - S, status=None, complete=False, error="refused")
    return replace(recording, requests=(refused, replace(good, due_ns=at - S // 2, done_ns=at)))


def healthy_after(recording: Recording, seconds: float | None) -> Recording:
    at = read(recording).started_ns
    kept = tuple(e for e in recording.events if not e.action.startswith("health_status"))
    if seconds is None:
        return replace(recording, events=kept)
    example = next(event for event in recording.events if event.action == "health_status: healthy")
    marks = tuple(mark for mark in recording.marks if mark.what != "watched to the end")
    return replace(recording, events=(*kept, replace(example, time_ns=at + int(seconds * S))), marks=marks)


def saying(recording: Recording, after_s: float, text: str, image: str = "postgres:16") -> Recording:
    """As if a server of that image had logged it, so long after its start."""
    at = begun(recording) + int(after_s * S)
    facts = replace(recording.subject.facts, image=image, command=("postgres",))
    line = LogLine(_rfc3339(at // S, at % S), text)
    return replace(recording, subject=replace(recording.subject, facts=facts), logs=(line,))


def _rfc3339(seconds: int, nanoseconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{nanoseconds:09d}Z"


@pytest.mark.parametrize(
    ("service", "drill", "grade", "cause"),
    [
        ("prompt", warm_start, Grade.PASS, None),
        ("late", warm_start, Grade.FAIL, "start-too-slow"),
        ("honest", warm_start, Grade.PASS, None),
        ("rarely-asked", warm_start, Grade.WARN, "interval-dominates"),
        ("eager", first_requests, Grade.FAIL, "probe-broken"),
        ("honest", first_requests, Grade.PASS, None),
        ("prompt", cold_start, Grade.PASS, None),
        ("late", cold_start, Grade.FAIL, "start-too-slow"),
    ],
)
def test_real_starts_are_judged_as_they_went(service: str, drill: object, grade: Grade, cause: str | None) -> None:
    verdict = drill.judge(REAL[service, drill.NAME])  # type: ignore[attr-defined]
    assert outcome(verdict) == (grade, cause)


@pytest.mark.parametrize(
    ("passed_s", "healthy_s", "grade", "cause", "confidence"),
    [
        (1.0, 30.5, Grade.WARN, "interval-dominates", Confidence.CERTAIN),
        (12.0, 30.5, Grade.FAIL, "start-too-slow", Confidence.CERTAIN),
        (None, 30.5, Grade.FAIL, "interval-dominates", Confidence.LIKELY),
        (None, 75.0, Grade.FAIL, "start-too-slow", Confidence.LIKELY),
    ],
)
def test_without_a_port_its_check_run_by_us_tells_the_program_from_the_interval(
    passed_s: float | None, healthy_s: float, grade: Grade, cause: str, confidence: Confidence
) -> None:
    check = Check(("CMD", "true"), 30.0, 5.0)
    facts = replace(WARM.subject.facts, check=check)
    late = replace(healthy_after(WARM, healthy_s), requests=(), subject=replace(WARM.subject, facts=facts))
    began = read(late).started_ns
    marks = (*late.marks, Mark(began + int(passed_s * S), CHECKED)) if passed_s else late.marks
    verdict = warm_start.judge(replace(late, marks=marks))
    assert verdict.cause
    assert (*outcome(verdict), verdict.cause.confidence) == (grade, cause, confidence)


@pytest.mark.parametrize(
    ("seconds", "grade", "cause"),
    [
        (6.9, Grade.PASS, None),
        (7.1, Grade.WARN, "start-too-slow"),
        (10.1, Grade.FAIL, "start-too-slow"),
    ],
)
def test_the_budget_is_judged_by_the_first_answer(seconds: float, grade: Grade, cause: str | None) -> None:
    recording = healthy_after(answering_after(WARM, seconds), seconds)
    assert outcome(warm_start.judge(recording)) == (grade, cause)


def test_a_machine_that_could_not_ask_in_time_blames_nobody() -> None:
    recording = healthy_after(answering_after(WARM, 20), 20)
    only = recording.requests[-1]
    quick = replace(only, due_ns=(only.done_ns or 0) - S // 100)
    assert warm_start.judge(replace(recording, requests=(quick,))).grade is Grade.INCONCLUSIVE


@pytest.mark.parametrize(
    ("healthy_s", "grade", "cause"),
    [(9.0, Grade.PASS, None), (11.0, Grade.WARN, "interval-dominates"), (None, Grade.FAIL, "probe-broken")],
)
def test_a_check_that_is_late_or_never_passes_is_told_apart(
    healthy_s: float | None, grade: Grade, cause: str | None
) -> None:
    verdict = warm_start.judge(healthy_after(answering_after(WARM, 1.0), healthy_s))
    assert outcome(verdict) == (grade, cause)
    assert any("8.0 s lost to the health interval" in note for note in verdict.notes) is (healthy_s == 9.0)


def test_a_service_that_ends_again_is_told_what_the_run_before_has_left() -> None:
    start = read(WARM)
    die = next(event for event in WARM.events if event.action == "die")
    fell = replace(WARM, events=(*WARM.events, replace(die, time_ns=start.started_ns + S // 10)), requests=())
    guess = warm_start.judge(fell)
    assert outcome(guess) == (Grade.FAIL, "stale-state-blocks-restart")
    assert guess.cause
    assert guess.cause.confidence is Confidence.GUESS
    told = warm_start.judge(saying(fell, 0.1, "Error: listen EADDRINUSE /run/app.sock", "app"))
    assert told.cause
    assert told.cause.confidence is Confidence.LIKELY


def test_a_database_that_recovers_after_a_stop_was_not_stopped() -> None:
    verdict = warm_start.judge(saying(WARM, 0.5, RECOVERS))
    assert outcome(verdict) == (Grade.FAIL, "wrong-stop-signal")
    assert verdict.cause
    assert verdict.cause.fix == "stop_signal: SIGINT"


def test_a_stop_that_waits_for_clients_is_told_by_the_log() -> None:
    assert outcome(warm_start.judge(saying(WARM, -0.1, SMART))) == (Grade.WARN, "wrong-stop-signal")


def test_the_line_of_a_recovery_before_the_stop_is_an_old_story() -> None:
    assert warm_start.judge(saying(WARM, -0.1, RECOVERS)).grade is Grade.PASS


def test_requests_that_fail_although_it_answered_before_are_likely_the_check() -> None:
    recording = REAL["honest", "first-requests"]
    start = read(recording)
    later = tuple(
        replace(request, status=503) if start.healthy_ns and request.due_ns > start.healthy_ns + S else request
        for request in recording.requests
    )
    verdict = first_requests.judge(replace(recording, requests=later))
    assert outcome(verdict) == (Grade.FAIL, "probe-broken")
    assert "503" in verdict.summary


def test_two_requests_prove_nothing() -> None:
    recording = REAL["honest", "first-requests"]
    start = read(recording)
    few = tuple(r for r in recording.requests if start.healthy_ns and r.due_ns < start.healthy_ns + S // 20)
    assert first_requests.judge(replace(recording, requests=few)).grade is Grade.INCONCLUSIVE


@pytest.mark.parametrize(
    ("service", "grade", "cause"),
    [
        ("handles-first", Grade.PASS, None),
        ("handles-late", Grade.FAIL, "no-handler"),
        ("waits", Grade.FAIL, "shell-swallows-signal"),
        ("waits-well", Grade.PASS, None),
    ],
)
def test_real_stops_in_the_middle_of_a_start_are_judged_as_they_went(
    service: str, grade: Grade, cause: str | None
) -> None:
    assert outcome(stop_while_starting.judge(TURNS[service])) == (grade, cause)


def test_a_stop_that_came_after_the_start_proves_nothing() -> None:
    recording = TURNS["handles-first"]
    soon = tuple(replace(m, detail="0.01") if m.what == stop_while_starting.USUAL else m for m in recording.marks)
    assert stop_while_starting.judge(replace(recording, marks=soon)).grade is Grade.INCONCLUSIVE


def test_an_end_in_time_with_an_odd_code_is_a_warning() -> None:
    recording = TURNS["handles-first"]
    events = tuple(
        replace(event, attributes={**event.attributes, "exitCode": "1"}) if event.action == "die" else event
        for event in recording.events
    )
    assert stop_while_starting.judge(replace(recording, events=events)).grade is Grade.WARN


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/app/orders.json", True),
        ("/root/.bash_history", True),
        ("/etc/app.conf", True),
        ("/tmp/upload-1", False),
        ("/run/app.pid", False),
        ("/var/cache/apk/x", False),
        ("/sbin/docker-init", False),
        ("/usr/sbin/docker-init", False),
        ("/.dockerenv", False),
        ("/etc/hosts", False),
        ("/etc/resolv.conf", False),
        ("/etc/hosts.allow", True),
        ("/app/docker-init", True),
        ("/motd", False),
        ("/etc/app/settings.json", False),
        ("/kept", False),
        ("/kept/inside", False),
        ("/srv", False),
    ],
)
def test_whatever_might_be_missed_keeps_a_container_from_being_made_anew(path: str, kept: bool) -> None:
    mounts = (Mount("volume", "/kept", "kept"), Mount("volume", "/srv/data", "data"))
    given = copied_in({"configs": ["motd", {"source": "settings", "target": "/etc/app/settings.json"}]})
    assert kept_inside((Change("A", path),), (*mounts, *given)) == ((path,) if kept else ())


def test_what_was_deleted_inside_is_no_loss() -> None:
    assert kept_inside((Change("D", "/app/old.json"),), ()) == ()


def test_a_kill_in_the_middle_of_a_start_is_a_failure_however_soon_it_comes() -> None:
    recording = TURNS["handles-first"]
    gentle = next(event for event in recording.events if event.action == "kill" and event.time_ns > begun(recording))
    hard = replace(gentle, time_ns=gentle.time_ns + 1, attributes={"signal": "9"})
    verdict = stop_while_starting.judge(replace(recording, events=(*recording.events, hard)))
    assert verdict.grade is Grade.FAIL
