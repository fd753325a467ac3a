"""Verdicts on idle clients and lost log lines, from recordings of real stops and what might have been instead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from seatrial.drill import journal
from seatrial.drill.drills import idle_clients, logs_flushed
from seatrial.drill.live.kept import Kept
from seatrial.drill.live.scene import Place
from seatrial.drill.recording import Mark, Recording
from seatrial.drill.stop.ended import stop
from seatrial.drill.stop.logged import shape
from seatrial.drill.verdict import Confidence, Grade, Verdict

FOLDER = Path(__file__).parents[2] / "data" / "recordings"
IDLE = {r.service: r for r in journal.read(FOLDER / "idle-clients.json")}
LOGS = {r.service: r for r in journal.read(FOLDER / "logs-flushed.json")}
S = 10**9


def outcome(verdict: Verdict) -> tuple[Grade, str | None, Confidence | None]:
    cause = verdict.cause
    return verdict.grade, cause.id if cause else None, cause.confidence if cause else None


@pytest.mark.parametrize(
    ("service", "grade", "cause", "confidence"),
    [
        ("closes", Grade.PASS, None, None),
        ("waits", Grade.FAIL, "connections-hold-stop", Confidence.CERTAIN),
        ("dawdles", Grade.FAIL, "drain-exceeds-grace", Confidence.LIKELY),
        ("lets-go", Grade.SKIP, None, None),
        ("plain", Grade.PASS, None, None),
    ],
)
def test_real_stops_with_idle_clients_are_judged_as_they_went(
    service: str, grade: Grade, cause: str | None, confidence: Confidence | None
) -> None:
    assert outcome(idle_clients.judge(IDLE[service])) == (grade, cause, confidence)


def test_without_the_second_stop_connections_are_only_likely_to_hold_it() -> None:
    verdict = idle_clients.judge(replace(IDLE["waits"], control=None))
    assert outcome(verdict) == (Grade.FAIL, "connections-hold-stop", Confidence.LIKELY)


def test_connections_that_had_gone_before_the_stop_prove_nothing() -> None:
    ended = stop(IDLE["closes"])
    assert ended
    gone = tuple(
        replace(request, closed_ns=ended.signal_ns - S) if request.lane == "idle" else request
        for request in IDLE["closes"].requests
    )
    assert idle_clients.judge(replace(IDLE["closes"], requests=gone)).grade is Grade.INCONCLUSIVE


@pytest.mark.parametrize(
    ("service", "grade", "cause", "confidence"),
    [
        ("at-once", Grade.PASS, None, None),
        ("loses", Grade.FAIL, "logs-lost", Confidence.LIKELY),
        ("loses-ids", Grade.FAIL, "logs-lost", Confidence.CERTAIN),
        ("flushes", Grade.PASS, None, None),
        ("says-goodbye", Grade.PASS, None, None),
        ("silent", Grade.SKIP, None, None),
    ],
)
def test_real_logs_are_judged_by_what_they_usually_hold(
    service: str, grade: Grade, cause: str | None, confidence: Confidence | None
) -> None:
    assert outcome(logs_flushed.judge(LOGS[service])) == (grade, cause, confidence)


def test_who_logs_one_request_in_ten_is_not_judged_by_them() -> None:
    recording = LOGS["at-once"]
    asked = [line for line in recording.logs if line.text.startswith("GET")]
    assert len(asked) > 20
    assert logs_flushed.judge(replace(recording, logs=tuple(asked[::10]))).grade is Grade.SKIP


def test_half_a_line_at_the_end_of_whole_ones_is_a_cut() -> None:
    recording = LOGS["flushes"]
    *whole, last = recording.logs
    assert logs_flushed.judge(recording).grade is Grade.PASS
    cut = replace(last, text=last.text[: len(last.text) // 2])
    assert outcome(logs_flushed.judge(replace(recording, logs=(*whole, cut))))[1] == "logs-lost"


def killed(recording: Recording) -> Recording:
    events = tuple(
        replace(event, attributes={**event.attributes, "exitCode": "143"}) if event.action == "die" else event
        for event in recording.events
    )
    return replace(recording, events=events)


def test_python_that_is_ended_by_the_signal_takes_along_what_it_has_printed_if_it_prints() -> None:
    recording = replace(LOGS["silent"], logs=())
    mark = Mark(1, logs_flushed.BUFFERS, "python, and neither -u nor PYTHONUNBUFFERED")
    warned = logs_flushed.judge(killed(replace(recording, marks=(*recording.marks, mark))))
    assert outcome(warned) == (Grade.WARN, "logs-lost", Confidence.GUESS)
    assert logs_flushed.judge(killed(recording)).grade is Grade.SKIP
    assert logs_flushed.judge(replace(recording, marks=(*recording.marks, mark))).grade is Grade.SKIP


def test_a_shape_is_what_two_lines_about_two_requests_share() -> None:
    one = '172.18.0.1 - - [23/Nov/2026 22:10:01] "GET /orders/17?x=a8 HTTP/1.1" 200 -'
    two = '172.18.0.9 - - [23/Nov/2026 22:10:59] "GET /orders/18?x=b9 HTTP/1.1" 200 -'
    assert shape(one) == shape(two)
    assert shape(one) != shape(one.replace("GET", "POST"))


def test_each_drill_gets_each_recording_of_a_turn_once() -> None:
    kept, place, made = Kept(), Place("api"), iter(IDLE.values())
    turns = ("warm-start", "warm-start", "first-requests", "first-requests")
    taken = [kept.take(drill, "cycle", place, lambda: next(made)) for drill in turns]
    services = [recording.service for recording in taken]
    assert services[:2] == services[2:] == [recording.service for recording in tuple(IDLE.values())[:2]]
    assert tuple(recording.drill for recording in taken) == turns


def test_a_kill_is_a_failure_however_soon_it_comes() -> None:
    recording = IDLE["closes"]
    gentle = next(event for event in recording.events if event.action == "kill")
    hard = replace(gentle, time_ns=gentle.time_ns + 1, attributes={"signal": "9"})
    assert idle_clients.judge(replace(recording, events=(*recording.events, hard))).grade is Grade.FAIL
