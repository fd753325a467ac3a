"""Verdicts on stops of real servers, and on what they might have said instead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from seatrial.drill import journal
from seatrial.drill.drills import graceful_stop
from seatrial.drill.recording import Mark, Recording
from seatrial.drill.stop.stopping import REPAIRED
from seatrial.drill.verdict import Confidence, Grade

FILE = Path(__file__).parents[2] / "data" / "recordings" / "servers.json"
REAL = {recording.service: recording for recording in journal.read(FILE)}
RECOVERY = "LOG:  database system was not properly shut down; automatic recovery in progress"


def with_signal(recording: Recording, name: str) -> Recording:
    subject = recording.subject
    return replace(recording, subject=replace(subject, facts=replace(subject.facts, stop_signal=name)))


def test_postgres_says_itself_that_it_got_the_wrong_signal() -> None:
    verdict = graceful_stop.judge(REAL["archive"])
    assert verdict.grade is Grade.FAIL
    assert verdict.cause is not None
    assert (verdict.cause.id, verdict.cause.fix) == ("wrong-stop-signal", "stop_signal: SIGINT")
    assert verdict.cause.confidence is Confidence.CERTAIN
    assert "received smart shutdown request" in verdict.cause.evidence[0]


def test_the_right_signal_is_not_blamed_for_a_line_in_the_log() -> None:
    cause = graceful_stop.judge(with_signal(REAL["archive"], "SIGINT")).cause
    assert cause is None or cause.id != "wrong-stop-signal"


def test_redis_may_close_connections_when_it_stops() -> None:
    assert graceful_stop.judge(REAL["sessions"]).grade is Grade.PASS


def test_a_stop_after_which_a_database_must_recover_was_none() -> None:
    stopped = replace(
        REAL["archive"], **{name: getattr(REAL["sessions"], name) for name in ("events", "marks", "ended")}
    )
    facts = replace(stopped.subject.facts, id=REAL["sessions"].subject.facts.id, stop_signal="SIGINT")
    clean = replace(stopped, subject=replace(stopped.subject, facts=facts), clock=REAL["sessions"].clock, logs=())
    assert graceful_stop.judge(clean).grade is Grade.PASS
    recovered = replace(clean, marks=(*clean.marks, Mark(clean.marks[-1].at_ns + 1, REPAIRED, RECOVERY)))
    verdict = graceful_stop.judge(recovered)
    assert verdict.grade is Grade.FAIL
    assert "had to recover" in verdict.summary
