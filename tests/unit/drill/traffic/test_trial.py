"""What a target bears is found out beforehand, on real sockets, and no manner of server makes it hang or raise."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest

from seatrial.drill.traffic import trial as trial_module
from seatrial.drill.traffic.request import Target
from seatrial.drill.traffic.trial import try_out
from unit.drill.traffic import servers
from unit.drill.traffic.servers import serving

if TYPE_CHECKING:
    import ssl


def at(server: servers.Server, **more: object) -> Target:
    return Target("127.0.0.1", server.port, **more)  # type: ignore[arg-type]


def test_a_polite_server_bears_everything() -> None:
    with serving(servers.polite) as server:
        trial = try_out(at(server))
    assert (trial.error, trial.kept, trial.capacity, trial.slow) == ("", 6, 3, None)
    assert trial.answer is not None
    assert (trial.answer.status, trial.answer.size) == (200, 2)
    assert trial.body is not None
    assert trial.head is not None
    assert trial.provable


def test_a_server_that_answers_before_it_has_the_body_can_only_be_held_by_its_head() -> None:
    with serving(servers.hasty) as server:
        trial = try_out(at(server))
    assert trial.body is None
    assert trial.head is not None
    assert not trial.provable


def test_a_declared_route_is_the_one_that_gets_the_body_and_nobody_else_is_ever_asked_to_write() -> None:
    with serving(servers.polite) as server:
        assert try_out(at(server, path="/health", straddle_method="POST", straddle_path="/orders", body="hello")).body
        lines = {head.split(" HTTP")[0] for head in server.heads}
        assert lines == {"GET /health", "POST /orders"}
        server.heads.clear()
        assert try_out(at(server, path="/health")).body
        assert {head.split(" HTTP")[0] for head in server.heads} == {"GET /health"}


def test_a_declared_slow_route_makes_requests_that_are_in_flight() -> None:
    with serving(servers.slow_there) as server:
        trial = try_out(at(server, straddle_method="GET", straddle_path="/slow"))
        assert trial.slow is not None
        assert trial.slow.seconds >= 0.6
        assert trial.answer is not None
        assert trial.answer.seconds < 0.3
        assert not trial.doubt
        fast = try_out(at(server, straddle_method="GET", straddle_path="/fast"))
        assert fast.slow is None
        assert fast.doubt.startswith("GET /fast: it answers 200 in 0.0")
        hasty = try_out(at(server, straddle_method="POST", straddle_path="/orders"))
        assert hasty.doubt.startswith("POST /orders: it answers 200 in 0.0")
        assert "without waiting for the body" in hasty.doubt


def test_a_server_that_closes_after_every_answer_keeps_nothing() -> None:
    with serving(servers.closing) as server:
        trial = try_out(at(server))
    assert (trial.error, trial.kept) == ("", 0)
    assert trial.body is not None


def test_a_server_with_one_thread_is_not_jammed() -> None:
    with servers.one_at_a_time() as port:
        trial = try_out(Target("127.0.0.1", port))
        assert (trial.error, trial.kept, trial.capacity) == ("", 0, 0)
        assert trial.body is not None
        began = time.monotonic()
        assert not try_out(Target("127.0.0.1", port)).error
        assert time.monotonic() - began < 5


def test_slow_bytes_are_an_answer_and_its_time_is_told() -> None:
    with serving(servers.dripping) as server:
        trial = try_out(at(server))
    assert trial.answer is not None
    assert trial.answer.seconds >= 0.5
    assert trial.body is not None


@pytest.mark.parametrize(
    ("talk", "error"),
    [
        (servers.resetting, "it resets the connection"),
        (servers.cutting, "it closes the connection in the middle of its answer"),
        (servers.mute, "no whole answer"),
        (servers.ticking, "no whole answer"),
        (servers.babbling, "what it answers is not HTTP/1.1"),
        (servers.greeting, "what it answers is not HTTP/1.1"),
        (servers.endless, "its answer is larger than 1 MB, or never ends"),
        (servers.huge, "its answer is larger than 1 MB, or never ends"),
        (servers.ill, "it answers 503"),
    ],
)
def test_whatever_gives_no_good_answer_is_told_in_a_sentence(
    talk: object,
    error: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if error == "no whole answer":  # on a busy machine whoever says something at all may take its time
        monkeypatch.setattr(trial_module, "_ANSWER_LIMIT_S", 0.4)
    with serving(talk) as server:  # type: ignore[arg-type]
        began = time.monotonic()
        assert try_out(at(server)).error.startswith(error)
        assert time.monotonic() - began < 10


def test_a_connection_that_is_closed_at_once_is_told_as_the_kernel_tells_it() -> None:
    with serving(servers.slamming) as server:
        error = try_out(at(server)).error
    assert error in {"it closes the connection without an answer", "it resets the connection"}


def test_an_expected_status_is_a_good_answer_and_another_is_not() -> None:
    with serving(servers.ill) as server:
        assert not try_out(at(server, expect=(503,))).error
        assert try_out(at(server, expect=(200, 204))).error == "it answers 503"


def test_where_nobody_listens_or_nothing_is_that_is_the_answer() -> None:
    assert try_out(Target("127.0.0.1", servers.unused_port())).error == "nothing listens there"
    assert try_out(Target("no-such-host.invalid", 80)).error == "there is no way to its address"


def test_a_request_that_cannot_be_written_is_told_without_its_secret() -> None:
    with serving(servers.polite) as server:
        error = try_out(at(server, headers=(("Authorization", "Bearer s3cret\nx"),))).error
    assert error.startswith("the request cannot be written")
    assert "s3cret" not in error


def test_a_certificate_that_nobody_signed_is_good_enough(self_signed: ssl.SSLContext) -> None:
    with serving(servers.polite, tls=self_signed) as server:
        trial = try_out(at(server, tls=True))
        assert (trial.error, trial.kept, trial.capacity) == ("", 6, 3)
        assert trial.body is not None
        named = try_out(at(server, tls=True, headers=(("Host", "shop.example:443"),)))
        assert not named.error


def test_tls_and_plain_mixed_up_are_told(self_signed: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial_module, "_ANSWER_LIMIT_S", 0.4)
    with serving(servers.babbling) as server:
        assert try_out(at(server, tls=True)).error == "no TLS connection comes about"
    with serving(servers.polite, tls=self_signed) as server:
        assert try_out(at(server)).error


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_an_address_of_version_6_is_one_too() -> None:
    with serving(servers.polite, host="::1") as server:
        assert not try_out(Target("::1", server.port)).error
        assert f"Host: [::1]:{server.port}" in server.heads[0]


def test_a_plain_connection_needs_no_words() -> None:
    with serving(servers.greeting) as server:
        trial = try_out(at(server, http=False))
        assert (trial.error, trial.kept, trial.answer, trial.provable) == ("", 2, None, False)
    with serving(servers.slamming) as server:
        assert try_out(at(server, http=False)).error == "it closes the connection without an answer"
