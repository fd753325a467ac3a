"""Load on real sockets: what is in flight at a stop is known and its fate told, whatever the server does."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from seatrial.drill.traffic.classify import GUARD_NS, classify
from seatrial.drill.traffic.generator import Traffic
from seatrial.drill.traffic.lanes import bearable
from seatrial.drill.traffic.request import Answer, Target, Trial
from seatrial.drill.traffic.straddle import chosen
from seatrial.drill.traffic.trial import try_out
from unit.drill.traffic import servers
from unit.drill.traffic.servers import serving

if TYPE_CHECKING:
    import ssl

    from seatrial.drill.traffic.classify import Classes
    from seatrial.drill.traffic.request import Request

ANSWER = Answer(200, 0.001, 2)
BEARS_ALL = Trial(answer=ANSWER, kept=6, body=ANSWER, head=ANSWER, capacity=3)
STRADDLERS = 3
BUSY_S = 4.0  # what a machine that is busy may add; less than the limit of an answer, which nobody waits out


def at(server: servers.Server, **more: object) -> Target:
    return Target("127.0.0.1", server.port, **more)  # type: ignore[arg-type]


def lanes(requests: tuple[Request, ...]) -> Counter[str]:
    return Counter(request.lane for request in requests)


def exactly(requests: tuple[Request, ...], signal_ns: int) -> Classes:
    """Their classes around a moment that is known well, because it was in this process."""
    return classify(requests, signal_ns, None, guard_ns=0)


def stopped(
    server: servers.Server, *, graceful: bool, target: Target | None = None, trial: Trial = BEARS_ALL
) -> Classes:
    """Load, a stop in the middle of it with straddlers held, and what became of all."""
    with Traffic(target or at(server), trial, limit_s=BUSY_S) as traffic:
        server.read(20)
        assert traffic.hold() == (STRADDLERS if trial is BEARS_ALL else 1)
        signal_ns = time.time_ns()
        (server.stop if graceful else server.die)()
        traffic.release()
        requests = traffic.finish()
    return exactly(requests, signal_ns)


def test_a_graceful_stop_loses_nothing_that_was_in_flight() -> None:
    with serving(servers.polite) as server:
        classes = stopped(server, graceful=True)
    # The two that were held; and what a busy machine had not answered yet.
    assert classes.in_flight.ok >= 2
    assert not classes.in_flight.lost
    assert classes.half_head.kinds == {"ok": 1}
    assert not classes.before.lost
    assert classes.before.ok >= 10
    assert classes.idle.kinds == {"closed": 2}
    # What is queued or new may cross the closing of its connection here: nobody promises it anything.


def test_an_abrupt_stop_loses_all_that_was_in_flight() -> None:
    with serving(servers.polite) as server:
        classes = stopped(server, graceful=False)
    assert not classes.before.lost
    assert {kind for kind in classes.in_flight.kinds if kind != "ok"} == {"reset"}
    assert len([lost for lost in classes.in_flight.lost if lost.lane == "straddle-body"]) == 2
    assert classes.half_head.kinds == {"reset": 1}
    assert all(lost.half_ns for lost in classes.half_head.lost)


def test_over_tls_the_same_is_seen(self_signed: ssl.SSLContext) -> None:
    for graceful in (True, False):
        with serving(servers.polite, tls=self_signed) as server:
            classes = stopped(server, graceful=graceful, target=at(server, tls=True))
        assert bool(classes.in_flight.lost) is not graceful
        assert classes.in_flight.total >= 2


def test_a_server_that_ends_without_the_farewell_of_tls_has_closed_as_any_other(self_signed: ssl.SSLContext) -> None:
    with serving(servers.falling_silent, tls=self_signed) as server:
        target = at(server, tls=True)
        with Traffic(target, Trial(answer=ANSWER)) as traffic:
            server.read(3)
            requests = traffic.finish()
    assert {request.kind for request in requests} == {"eof"}


def test_a_slow_route_is_in_flight_in_whole() -> None:
    with serving(servers.slow_there) as server:
        target = at(server, straddle_method="GET", straddle_path="/slow")
        with Traffic(target, Trial(answer=ANSWER, slow=Answer(200, 0.6), capacity=1)) as traffic:
            assert traffic.hold() == 1
            signal_ns = time.time_ns()
            traffic.release()
            requests = traffic.finish()
    assert exactly(requests, signal_ns).in_flight.kinds == {"ok": 1}


def test_what_is_held_arrived_and_is_older_than_the_guard() -> None:
    with serving(servers.polite) as server, Traffic(at(server), BEARS_ALL) as traffic:
        traffic.hold()
        now_ns = time.time_ns()
        held = [request for request in traffic.finish() if request.half_ns]
    assert lanes(tuple(held)) == {"straddle-body": 2, "straddle-head": 1}
    assert all(now_ns - GUARD_NS > (request.half_ns or 0) for request in held)
    assert all(request.kind == "ok" for request in held)


def test_requests_are_due_at_even_intervals_and_sent_then_half_of_them_on_few_kept_connections() -> None:
    with serving(servers.polite) as server:
        with Traffic(at(server), BEARS_ALL) as traffic:
            server.read(40)
            requests = traffic.finish()
        sent = [line for head in server.heads for line in head.split("\r\n") if line.startswith("X-Seatrial-Id")]
    assert abs(lanes(requests)["fresh"] - lanes(requests)["keep-alive"]) <= 1
    for lane in ("fresh", "keep-alive"):
        due = [request.due_ns for request in requests if request.lane == lane]
        assert {round((later - sooner) / 1e6) for sooner, later in pairwise(due)} == {50}
    kept = [request for request in requests if request.lane == "keep-alive"]
    assert len({request.connect_ns for request in kept}) == 4
    assert [request.reused for request in kept] == [False] * 4 + [True] * (len(kept) - 4)
    assert Counter(sent) == Counter(f"X-Seatrial-Id: {request.marker}" for request in requests)
    assert all(request.kind == "ok" and request.framed and request.address == "127.0.0.1" for request in requests)
    for request in requests:
        moments = [request.connect_ns, request.connected_ns, request.sent_ns, request.first_byte_ns, request.done_ns]
        assert moments == sorted(moment for moment in moments if moment is not None)


def test_a_server_that_hangs_does_not_slow_the_sender() -> None:
    with serving(servers.mute) as server:
        with Traffic(at(server), Trial(answer=ANSWER), limit_s=2) as traffic:
            server.until(lambda: server.accepted >= 20)
            began = time.monotonic()
            requests = traffic.finish()
        assert time.monotonic() - began < 2 + BUSY_S
    assert {request.kind for request in requests} == {"timeout"}
    # One that waited for the answer before it would be two seconds late.
    assert all((request.connect_ns or 0) - request.due_ns < 1_900_000_000 for request in requests)
    due = [request.due_ns for request in requests]
    assert {round((later - sooner) / 1e6) for sooner, later in pairwise(due)} == {50}


def test_there_is_an_end_to_the_connections_that_a_hanging_server_is_given() -> None:
    with serving(servers.mute) as server, Traffic(at(server), Trial(answer=ANSWER), rate=30, limit_s=2) as traffic:
        server.until(lambda: server.accepted > 40)
        requests = traffic.finish()
        assert server.most == 40
    assert {request.kind for request in requests} == {"timeout", "unsent"}


@pytest.mark.parametrize(
    ("talk", "kinds"),
    [
        (servers.slamming, {"eof", "reset"}),
        (servers.resetting, {"reset"}),
        (servers.babbling, {"protocol"}),
        (servers.cutting, {"cut"}),
        (servers.endless, {"large"}),
        (servers.huge, {"large"}),
        (servers.ticking, {"timeout"}),
        (servers.mute, {"timeout"}),
        (servers.ill, {"503"}),
    ],
)
def test_no_manner_of_server_makes_it_hang_or_raise(talk: servers.Talk, kinds: set[str]) -> None:
    # On a busy machine whoever says something at all may take its time.
    limit_s = 0.3 if kinds == {"timeout"} else 10
    with serving(talk) as server:
        with Traffic(at(server), BEARS_ALL, limit_s=limit_s) as traffic:
            server.until(lambda: server.accepted >= 8)
            traffic.hold()
            traffic.release()
            began = time.monotonic()
            requests = traffic.finish()
        assert time.monotonic() - began < limit_s + BUSY_S
    assert {request.kind for request in requests if request.lane == "fresh"} <= kinds
    assert all(request.done_ns for request in requests if request.kind != "unsent")


def test_where_nobody_listens_every_request_is_refused() -> None:
    with Traffic(Target("127.0.0.1", servers.unused_port()), BEARS_ALL) as traffic:
        assert traffic.hold() == 0
        traffic.release()
        requests = traffic.finish()
    assert {request.kind for request in requests} == {"refused"}


def test_an_answer_before_the_body_is_whole_is_an_answer() -> None:
    with serving(servers.hasty) as server, Traffic(at(server), BEARS_ALL) as traffic:
        assert traffic.hold() == 1  # the one that is held by its head
        traffic.release()
        requests = traffic.finish()
    early = [request for request in requests if request.lane == "straddle-body"]
    assert [(request.kind, request.sent_ns) for request in early] == [("ok", None)] * 2


def test_a_server_that_closes_as_a_request_arrives_is_a_race() -> None:
    with serving(servers.tired) as server:
        signal_ns = time.time_ns()
        with Traffic(at(server), Trial(answer=ANSWER, kept=1)) as traffic:
            server.read(12)
            requests = traffic.finish()
    raced = classify(requests, signal_ns, None).keep_alive_race
    assert raced.total >= 1
    assert all(lost.reused and lost.closed_ns and lost.kind == "eof" for lost in raced.lost)


def test_behind_a_straddler_of_a_server_with_one_thread_nothing_is_in_flight() -> None:
    with servers.one_at_a_time() as port:
        target = Target("127.0.0.1", port)
        trial = try_out(target)
        with Traffic(target, trial) as traffic:
            assert traffic.hold() == 1
            time.sleep(0.2)  # the load goes on: four are due meanwhile
            signal_ns = time.time_ns()
            traffic.release()
            requests = traffic.finish()
    classes = exactly(requests, signal_ns)
    assert classes.in_flight.kinds == {"ok": 1}
    assert classes.queued.total >= 2


def test_an_answer_that_ends_with_its_connection_is_whole_and_says_so() -> None:
    with serving(servers.closing) as server, Traffic(at(server), Trial(answer=ANSWER)) as traffic:
        server.read(3)
        requests = traffic.finish()
    assert {(request.kind, request.complete, request.framed) for request in requests} == {("ok", True, False)}


def test_plain_connections_are_few_and_their_end_is_seen() -> None:
    with serving(servers.greeting) as server, Traffic(at(server, http=False), Trial(kept=2)) as traffic:
        server.until(lambda: server.accepted >= 5)
        assert traffic.hold() == 0
        signal_ns = time.time_ns()
        server.die()
        traffic.release()
        requests = traffic.finish()
    assert set(lanes(requests)) == {"tcp", "idle"}
    due = [request.due_ns for request in requests if request.lane == "tcp"]
    assert {round((later - sooner) / 1e6) for sooner, later in pairwise(due)} == {250}
    classes = exactly(requests, signal_ns)
    assert classes.before.ok >= 2
    assert classes.idle.kinds == {"closed": 2}
    assert not classes.in_flight.total


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_an_address_of_version_6_is_one_too() -> None:
    with serving(servers.polite, host="::1") as server, Traffic(Target("::1", server.port), BEARS_ALL) as traffic:
        server.read(4)
        requests = traffic.finish()
    assert {(request.kind, request.address) for request in requests} == {("ok", "::1")}


def test_secrets_are_sent_and_told_nowhere() -> None:
    with serving(servers.polite) as server:
        target = at(server, headers=(("Authorization", "Bearer s3cret"),), body="s3cret", straddle_method="POST")
        with Traffic(target, BEARS_ALL) as traffic:
            traffic.hold()
            requests = traffic.finish()
        assert all("Authorization: Bearer s3cret" in head for head in server.heads)
    assert "s3cret" not in repr(target)
    assert "s3cret" not in repr(requests)


def test_leaving_without_an_end_leaves_nothing_behind() -> None:
    with serving(servers.mute) as server:
        began = time.monotonic()
        with Traffic(at(server), BEARS_ALL):
            server.until(lambda: server.accepted >= 5)
        assert time.monotonic() - began < BUSY_S
        server.until(lambda: server.open == 0)
    assert not [thread for thread in threading.enumerate() if thread.name == "traffic"]


@pytest.mark.parametrize(
    ("trial", "rate"),
    [
        (Trial(), 20),
        (Trial(answer=Answer(200, 0.01, 100)), 20),
        (Trial(answer=Answer(200, 2.0, 100)), 8),
        (Trial(answer=Answer(200, 0.01, 1_000_000)), 10),
        (Trial(answer=Answer(200, 100.0, 1_000_000)), 0.5),
    ],
)
def test_slow_and_large_answers_are_asked_for_less_often(trial: Trial, rate: float) -> None:
    assert bearable(20, trial) == rate


@pytest.mark.parametrize(
    ("trial", "expected"),
    [
        (BEARS_ALL, ("straddle-body", "straddle-body", "straddle-head")),
        (Trial(body=ANSWER, capacity=3), ("straddle-body",) * 3),
        (Trial(head=ANSWER, capacity=3), ("straddle-head",) * 3),
        (Trial(head=ANSWER, slow=ANSWER, capacity=3), ("straddle-slow", "straddle-slow", "straddle-head")),
        (Trial(body=ANSWER, head=ANSWER, capacity=0), ("straddle-body",)),
        (Trial(capacity=3), ()),
    ],
)
def test_straddlers_are_those_that_prove_most_and_no_more_than_the_server_bears(
    trial: Trial, expected: tuple[str, ...]
) -> None:
    assert chosen(trial, 3) == expected
