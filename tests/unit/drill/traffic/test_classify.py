"""Where a request was when the signal came decides what may become of it. Times are milliseconds after the signal."""

from __future__ import annotations

import random
import subprocess
import sys
from dataclasses import fields

import pytest
from pydantic import TypeAdapter

from seatrial.drill.traffic.classify import Classes, Tally, classify
from seatrial.drill.traffic.request import Request

SIGNAL_NS = 1_700_000_000_000_000_000
GONE = 300  # the process ends so long after the signal
CLASSES = [field.name for field in fields(Classes) if isinstance(field.default, Tally)]
_NUMBERS = iter(range(1_000_000))


def request(lane: str = "fresh", ok: bool = True, **given: object) -> Request:
    """A request with times in ms; `at` stands for connecting and sending in one go."""
    if "at" in given:
        at = given.pop("at")
        given = {"connect": at, "connected": at, "sent": at, **given}
    names = ("due", "connect", "connected", "half", "sent", "first_byte", "done", "closed")
    times = {f"{name}_ns": SIGNAL_NS + int(float(str(given.pop(name))) * 1e6) for name in names if name in given}
    times.setdefault("due_ns", times.get("connect_ns", SIGNAL_NS))
    if ok and "error" not in given:
        given = {"status": 200, "complete": True, **given}
    return Request(lane, str(next(_NUMBERS)), **times, wanted=(200,), **given)  # type: ignore[arg-type]


def classified(*requests: Request, gone: float | None = GONE, expected: tuple[int, ...] = ()) -> Classes:
    gone_ns = None if gone is None else SIGNAL_NS + int(gone * 1e6)
    return classify(requests, SIGNAL_NS, gone_ns, expected)


def only(classes: Classes) -> tuple[str, dict[str, int], int]:
    """The one class that has a member, how it ended, and how many are lost."""
    ((name, tally),) = [(name, getattr(classes, name)) for name in CLASSES if getattr(classes, name).total]
    return name, dict(tally.kinds), len(tally.lost)


TABLE = [
    # what happened, the request, its class, how it ended, lost
    ("answered long before", request(at=-100, done=-90), "before", "ok", 0),
    ("reset long before", request(at=-100, done=-90, error="reset"), "before", "reset", 1),
    ("refused long before", request(connect=-100, done=-99, error="refused"), "before", "refused", 1),
    ("sent before, answered after", request(at=-30, first_byte=40, done=50), "in_flight", "ok", 0),
    ("sent before, reset after", request(at=-30, done=100, error="reset"), "in_flight", "reset", 1),
    ("sent before, cut in its answer", request(at=-30, status=200, done=100, error="cut"), "in_flight", "cut", 1),
    ("sent before, closed without an answer", request(at=-30, done=100, error="eof"), "in_flight", "eof", 1),
    ("sent before, an error as the answer", request(at=-30, done=100, status=502), "in_flight", "502", 1),
    ("sent before, turned away with 503", request(at=-30, done=100, status=503), "in_flight", "503", 1),
    ("sent before, a redirect instead of the 200", request(at=-30, done=99, status=302), "in_flight", "302", 1),
    ("sent before, never answered", request(at=-30, ok=False), "in_flight", "unanswered", 1),
    ("sent before, only a head came", request(at=-30, ok=False, status=200), "in_flight", "unanswered", 1),
    (
        "sent before, reset in the very moment of the signal",
        request(at=-30, done=3, error="reset"),
        "in_flight",
        "reset",
        1,
    ),
    ("sent before, answered in the moment of the signal", request(at=-30, done=3), "ambiguous", "ok", 0),
    ("sent in the moment of the signal", request(at=-3, done=100, error="reset"), "ambiguous", "reset", 0),
    ("sent just after it", request(at=19, done=100, error="eof"), "ambiguous", "eof", 0),
    (
        "half of a body before, the rest after",
        request("straddle-body", connect=-60, connected=-60, half=-59, sent=500, done=510),
        "in_flight",
        "ok",
        0,
    ),
    (
        "half of a body before, cut off before the rest",
        request("straddle-body", connect=-60, connected=-60, half=-59, done=30, error="reset"),
        "in_flight",
        "reset",
        1,
    ),
    (
        "half of a body too near to the signal",
        request("straddle-body", connect=-60, connected=-60, half=-5, sent=500, done=510),
        "ambiguous",
        "ok",
        0,
    ),
    (
        "half of a head before, the rest after",
        request("straddle-head", connect=-60, connected=-60, half=-59, sent=500, done=510),
        "half_head",
        "ok",
        0,
    ),
    (
        "half of a head before, closed then",
        request("straddle-head", connect=-60, connected=-60, half=-59, done=100, error="eof"),
        "half_head",
        "eof",
        1,
    ),
    (
        "both halves of a head before",
        request("straddle-head", connect=-60, connected=-60, half=-59, sent=-40, done=100, error="eof"),
        "in_flight",
        "eof",
        1,
    ),
    ("a slow route", request("straddle-slow", at=-60, done=700), "in_flight", "ok", 0),
    (
        "behind another in a server that is full",
        request(at=-60, done=90, error="reset", behind=True),
        "queued",
        "reset",
        1,
    ),
    ("behind another, served all the same", request(at=-60, done=90, behind=True), "queued", "ok", 0),
    (
        "connected before, sent after, served",
        request("late", connect=-60, connected=-60, sent=90, done=91),
        "queued",
        "ok",
        0,
    ),
    (
        "connected before, sent after, told 503",
        request("late", connect=-60, connected=-60, sent=90, done=91, status=503),
        "queued",
        "unavailable",
        0,
    ),
    (
        "connected before, closed before anything was sent",
        request("late", connect=-60, connected=-60, done=91, error="eof"),
        "queued",
        "closed",
        0,
    ),
    (
        "connected before, sent after, dropped",
        request("late", connect=-60, connected=-60, sent=90, done=91, error="reset"),
        "queued",
        "reset",
        1,
    ),
    (
        "on a used connection just as the server closed it",
        request("keep-alive", connect=-900, connected=-900, sent=60, done=62, closed=62, error="eof", reused=True),
        "keep_alive_race",
        "eof",
        1,
    ),
    (
        "on a used connection that was closed long after",
        request("keep-alive", connect=-900, connected=-900, sent=60, done=160, closed=160, error="eof", reused=True),
        "new",
        "cut",
        1,
    ),
    (
        "on a used connection in the middle of its answer",
        request(
            "keep-alive",
            connect=-900,
            connected=-900,
            sent=60,
            first_byte=61,
            done=62,
            closed=62,
            error="cut",
            reused=True,
        ),
        "new",
        "cut",
        1,
    ),
    (
        "on a used connection before the signal: that is no race",
        request("keep-alive", connect=-900, connected=-900, sent=-25, done=4, closed=4, error="eof", reused=True),
        "in_flight",
        "eof",
        1,
    ),
    (
        "on a used connection, served",
        request("keep-alive", connect=-9, connected=-9, sent=60, done=61, reused=True),
        "new",
        "served",
        0,
    ),
    ("new and served", request(at=60, done=61), "new", "served", 0),
    ("new and refused", request(connect=60, done=60, error="refused"), "new", "refused", 0),
    ("new and told 503", request(at=60, done=61, status=503), "new", "unavailable", 0),
    ("new, accepted, then reset", request(at=60, done=61, error="reset"), "new", "cut", 1),
    ("new, accepted, then closed", request(at=60, done=61, error="eof"), "new", "cut", 1),
    ("new and without an answer", request(at=60, done=5060, error="timeout"), "new", "hung", 1),
    ("new and without a connection", request(connect=60, done=2060, error="timeout"), "new", "hung", 1),
    ("new and a failure", request(at=60, done=61, status=500), "new", "failed", 1),
    ("new and no HTTP", request(at=60, done=61, error="protocol"), "new", "failed", 1),
    ("refused when the process was gone", request(connect=400, done=400, error="refused"), "gone", "refused", 0),
    ("without an address when it was gone", request(connect=400, done=2400, error="timeout"), "gone", "hung", 0),
    ("cut as the process ended", request(at=290, done=301, error="reset"), "gone", "cut", 0),
    ("a plain connection before", request("tcp", connect=-90, connected=-90, done=-40), "before", "ok", 0),
    (
        "a plain connection across the signal",
        request("tcp", connect=-30, connected=-30, done=21, error="eof"),
        "ambiguous",
        "eof",
        0,
    ),
    ("a plain connection after it", request("tcp", connect=60, connected=60, done=110), "new", "served", 0),
    (
        "a plain connection closed at once",
        request("tcp", connect=60, connected=60, done=61, error="eof"),
        "new",
        "cut",
        1,
    ),
    ("an idle connection that stays", request("idle", at=-900, done=-899), "idle", "open", 0),
    ("an idle connection that is closed", request("idle", at=-900, done=-899, closed=30), "idle", "closed", 0),
]


@pytest.mark.parametrize(("sent", "name", "kind", "lost"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_request_is_in_the_class_of_the_moment(sent: Request, name: str, kind: str, lost: int) -> None:
    assert only(classified(sent)) == (name, {kind: 1}, lost)


def test_an_idle_connection_that_was_closed_before_the_signal_says_nothing() -> None:
    classes = classified(
        request("idle", at=-900, done=-899, closed=-500),
        request("idle", connect=500, error="refused"),
    )
    assert classes == Classes()


def test_a_process_that_is_gone_had_its_signal_however_late_that_was_noticed() -> None:
    caught = request(at=-130, done=-95, error="reset")
    assert only(classified(caught)) == ("before", {"reset": 1}, 1)
    assert only(classified(caught, gone=-96)) == ("in_flight", {"reset": 1}, 1)


def test_while_the_process_lives_nothing_comes_after_its_end() -> None:
    assert only(classified(request(at=9000, done=9001, error="reset"), gone=None)) == ("new", {"cut": 1}, 1)


def test_what_could_not_be_sent_is_counted_and_judged_by_nobody() -> None:
    classes = classified(request(due=-100, error="unsent"), request(due=100, error="unsent"))
    assert classes == Classes(unsent=2)


def test_a_status_that_somebody_expects_is_good_too() -> None:
    caught = request(at=-30, done=50, status=503)
    assert classified(caught).in_flight.ok == 0
    assert classified(caught, expected=(503,)).in_flight.ok == 1
    torn = request(at=-30, done=50, status=503, error="cut", complete=False)
    assert classified(torn, expected=(503,)).in_flight.ok == 0


def test_the_end_of_the_longest_in_flight_is_that_of_a_whole_answer() -> None:
    answers = [request(at=-30, done=done) for done in (80, 120, 90)]
    classes = classified(*answers, request(at=-30, done=200, error="timeout"), request(at=60, done=250))
    assert classes.longest_in_flight_done_ns == SIGNAL_NS + 120_000_000
    assert classified(request(at=60, done=250)).longest_in_flight_done_ns is None


def test_the_lost_are_there_for_evidence_by_the_time_they_were_due_and_told_in_a_line() -> None:
    lost = [request(at=-30 - n, done=90, error=error) for n, error in enumerate(["reset", "cut", "reset"])]
    tally = classified(*lost, request(at=-50, done=70)).in_flight
    assert tally.lost == tuple(reversed(lost))
    assert str(tally) == "4: 1 ok, 3 lost (2 reset, 1 cut)"
    assert str(classified(request(at=-50, done=70)).in_flight) == "1"


def test_judging_needs_nothing_that_speaks_to_a_network() -> None:
    code = "import sys; from seatrial.drill.traffic import classify, request; print('h11' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_recording_of_requests_is_judged_again_from_json() -> None:
    requests = tuple(row[1] for row in TABLE)
    kept = TypeAdapter(tuple[Request, ...])
    assert kept.validate_json(kept.dump_json(requests)) == requests


def test_every_request_is_in_exactly_one_class_and_their_order_does_not_matter() -> None:
    everything = [row[1] for row in TABLE]
    shuffled = random.Random(7).sample(everything, len(everything))  # noqa: S311
    classes = classified(*shuffled)
    assert sum(getattr(classes, name).total for name in CLASSES) == len(TABLE)
    assert classes == classified(*everything)
