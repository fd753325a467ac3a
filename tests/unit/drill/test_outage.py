"""Verdicts on outages of a dependency, from recordings of real ones and what might have been instead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seatrial.drill import journal
from seatrial.drill.outage import answers as outage
from seatrial.drill.outage.verdict import verdict
from seatrial.drill.recording import Mark
from seatrial.drill.traffic.request import Request
from seatrial.drill.verdict import Confidence, Grade
from seatrial.engine.observed import Event

if TYPE_CHECKING:
    from seatrial.drill.recording import Recording

FILE = Path(__file__).parents[2] / "data" / "recordings" / "outage.json"
REAL = {(recording.service, recording.drill): recording for recording in journal.read(FILE)}
HANG, STOP = "dependency-hang", "dependency-stop"
SOUND, STALE = REAL["good", STOP], REAL["stale", STOP]
S = 10**9


def without(recording: Recording, *marks: str) -> Recording:
    return replace(recording, marks=tuple(mark for mark in recording.marks if mark.what not in marks))


def at(recording: Recording, what: str) -> int:
    mark = recording.mark(what)
    assert mark
    return mark.at_ns


def event(recording: Recording, action: str, at_ns: int, **attributes: str) -> Event:
    return Event(action, recording.subject.facts.id, recording.service, at_ns, attributes)


def answered(due_ns: int, status: int = 200, took_s: float = 0.01) -> Request:
    done = due_ns + int(took_s * S)
    return Request("fresh", str(due_ns), due_ns, connect_ns=due_ns, done_ns=done, status=status, complete=True)


@pytest.mark.parametrize(
    ("service", "drill", "grade", "cause", "confidence"),
    [
        ("good", HANG, Grade.PASS, None, None),
        ("good", STOP, Grade.PASS, None, None),
        ("hangs", HANG, Grade.FAIL, "no-timeout", Confidence.CERTAIN),
        ("dies", HANG, Grade.FAIL, "policy-missing", Confidence.CERTAIN),
        ("dies", STOP, Grade.FAIL, "policy-missing", Confidence.CERTAIN),
        ("stale", STOP, Grade.FAIL, "stale-address", Confidence.CERTAIN),
        ("once", STOP, Grade.FAIL, "no-reconnect", Confidence.CERTAIN),
    ],
)
def test_each_habit_has_its_verdict(
    service: str, drill: str, grade: Grade, cause: str | None, confidence: Confidence | None
) -> None:
    found = verdict(REAL[service, drill])
    assert (found.grade, found.cause.id if found.cause else None) == (grade, cause), found
    assert (found.cause.confidence if found.cause else None) == confidence
    assert found.dependency == f"{service}-back"


def test_who_ends_is_not_blamed_for_its_silence_too() -> None:
    found = verdict(REAL["dies", HANG])
    assert "exit 1" in found.cause.evidence[0]  # type: ignore[union-attr]
    assert not [note for note in found.notes if note.startswith("FAIL")]


def test_who_ends_and_comes_back_by_its_policy_is_warned() -> None:
    died = at(SOUND, outage.DOWN) + S
    events = (*SOUND.events, event(SOUND, "die", died, exitCode="1"), event(SOUND, "start", died + S // 2))
    found = verdict(replace(SOUND, events=events))
    assert found.grade is Grade.WARN
    assert "its restart policy brings it back" in found.summary


def test_who_ends_and_is_not_brought_back_by_its_policy_has_a_policy_that_does_not_act() -> None:
    facts = replace(SOUND.subject.facts, restart_policy="on-failure", restart_limit=1)
    recording = replace(SOUND, subject=replace(SOUND.subject, facts=facts))
    died = event(SOUND, "die", at(SOUND, outage.DOWN) + S, exitCode="1")
    # Our own start, when it had had its time, is none of the policy's.
    ours = event(SOUND, "start", at(SOUND, outage.OVER) + S)
    found = verdict(replace(recording, events=(*SOUND.events, died, ours)))
    assert (found.grade, found.cause.id if found.cause else None) == (Grade.FAIL, "policy-disabled")


def test_who_was_stopped_by_somebody_else_did_not_end_by_itself() -> None:
    down = at(SOUND, outage.DOWN)
    events = (event(SOUND, "kill", down + S, signal="15"), event(SOUND, "die", down + S + 1, exitCode="143"))
    assert verdict(replace(SOUND, events=(*SOUND.events, *events))).grade is Grade.PASS


def test_without_the_experiment_a_new_address_is_only_likely_to_be_the_cause() -> None:
    recording = without(STALE, outage.HOME, outage.ANSWERS)
    restarted = Mark(at(STALE, outage.OVER) + S, outage.ANSWERS, outage.AGAIN)
    found = verdict(replace(recording, marks=(*recording.marks, restarted)))
    assert found.cause
    assert (found.cause.id, found.cause.confidence) == ("stale-address", Confidence.LIKELY)


def test_who_stays_silent_after_its_own_restart_is_not_judged() -> None:
    recording = without(STALE, outage.HOME, outage.ANSWERS)
    silent = Mark(at(STALE, outage.OVER) + S, outage.SILENT, outage.AGAIN)
    found = verdict(replace(recording, marks=(*recording.marks, silent)))
    assert (found.grade, found.cause) == (Grade.INCONCLUSIVE, None)
    assert "look at stale-back first" in found.summary


def test_back_at_the_same_address_the_verdict_says_what_was_not_tried() -> None:
    found = verdict(without(SOUND, outage.MOVED))
    assert found.grade is Grade.PASS
    assert any("came back at the same address" in note for note in found.notes)


def test_an_edge_over_which_nothing_goes_is_not_judged() -> None:
    down, up = at(SOUND, outage.DOWN), at(SOUND, outage.UP)
    others = [r for r in SOUND.requests if not down <= r.due_ns < up]
    calm = replace(SOUND, requests=(*others, *(answered(down + n * S // 10) for n in range(1, 9))))
    found = verdict(calm)
    assert found.grade is Grade.SKIP
    assert "does not need good-back: declare a route that does" in found.summary
    needs = replace(SOUND.subject.extension, needs={"good-back": "/ready?key=1"})
    found = verdict(replace(calm, subject=replace(SOUND.subject, extension=needs)))
    assert "/ready, said to need good-back, did not while that was" in found.summary
    # A route that was discovered shows it.
    shown = replace(calm, marks=(*calm.marks, Mark(up, outage.NEEDS, "/orders")))
    assert verdict(shown).grade is Grade.PASS
    assert "needs good-back: /orders" in verdict(shown).notes


def test_a_discovered_route_that_stays_broken_is_a_failure() -> None:
    over = at(SOUND, outage.OVER)
    lost = (Mark(over, outage.NEEDS, "/"), Mark(over, outage.LOST, "/ (503)"), Mark(over, outage.REPAIRED, "a restart"))
    found = verdict(replace(without(SOUND, outage.MOVED), marks=(*without(SOUND, outage.MOVED).marks, *lost)))
    assert found.cause
    assert (found.grade, found.cause.id, found.cause.confidence) == (Grade.FAIL, "no-reconnect", Confidence.CERTAIN)
    assert "/ (503)" in found.summary


def test_a_worker_without_a_port_is_judged_by_its_connections() -> None:
    worker = replace(SOUND, requests=(), trial=None)
    assert verdict(worker).grade is Grade.SKIP
    assert "x-seatrial" not in verdict(worker).summary
    connected = Mark(at(SOUND, outage.OVER), outage.CONNECTED, "1 ESTABLISHED")
    assert verdict(replace(worker, marks=(*worker.marks, connected))).grade is Grade.PASS


def test_who_may_have_been_answered_by_another_at_the_old_address_is_not_judged() -> None:
    down, up = at(SOUND, outage.DOWN), at(SOUND, outage.UP)
    taken = (*SOUND.marks, Mark(up, outage.TAKEN, "other-1"))
    assert verdict(replace(SOUND, marks=taken)).grade is Grade.PASS  # it answered badly to the end of the outage
    others = [r for r in SOUND.requests if not at(SOUND, outage.ASKED) <= r.due_ns < up]
    good = [answered(down + n * S // 10) for n in range(1, 9)]
    found = verdict(replace(SOUND, marks=taken, requests=(*others, *good)))
    assert found.grade is Grade.INCONCLUSIVE
    assert "other-1 took the address of good-back" in found.summary
    failed = answered(down + S // 20, status=502)
    found = verdict(replace(SOUND, marks=taken, requests=(*others, failed, *good)))
    assert found.cause
    assert (found.cause.id, found.cause.confidence) == ("stale-address", Confidence.LIKELY)


def test_without_requests_nothing_is_proven() -> None:
    found = verdict(replace(SOUND, requests=()))
    assert found.grade is Grade.INCONCLUSIVE
    assert "x-seatrial" in found.summary


def test_who_answered_badly_before_is_not_judged() -> None:
    asked = at(SOUND, outage.ASKED)
    bad = [replace(r, status=500) if r.due_ns < asked else r for r in SOUND.requests]
    assert verdict(replace(SOUND, requests=tuple(bad))).grade is Grade.INCONCLUSIVE


@pytest.mark.parametrize(
    ("statuses", "recovers"),
    [
        ([200, 200, 200, 200], 0),
        ([502, 200, 200, 200, 200], 1),
        ([200, 200, 200, 502, 200, 200, 200, 200], 4),
        ([200, 200, 200], None),
    ],
)
def test_one_good_answer_is_no_recovery(statuses: list[int], recovers: int | None) -> None:
    requests = [answered(S + n * S, status) for n, status in enumerate(statuses)]
    expected = None if recovers is None else requests[recovers].done_ns
    assert outage.recovered(requests, since_ns=S) == expected


def test_a_recovery_after_ten_seconds_is_none() -> None:
    late = [answered(12 * S + n) for n in range(4)]
    assert outage.recovered(late, since_ns=S) is None


def test_a_request_on_a_kept_connection_is_as_slow_as_its_answer_not_as_its_connection_is_old() -> None:
    kept = Request("keep-alive", "1", 5 * S, connect_ns=S, sent_ns=5 * S, done_ns=6 * S, reused=True)
    assert outage.taken_ns(kept) == S


def test_connections_on_which_nothing_was_asked_prove_nothing() -> None:
    assert SOUND.trial is not None
    held = tuple(replace(r, lane="tcp", status=None, complete=False, error="") for r in SOUND.requests)
    found = verdict(replace(SOUND, trial=replace(SOUND.trial, answer=None), requests=held))
    assert found.grade is Grade.SKIP
    assert "declare a route" in found.summary
