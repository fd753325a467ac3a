"""The gateway stops, is restarted and is killed, under traffic: what it owes is neither lost nor answered twice."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from e2e.engine_events import listening
from e2e.gateway.shell import docker, until
from e2e.gateway.traffic import Traffic
from e2e.gateway.web import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from e2e.gateway.stack import GatewayStack

pytestmark = pytest.mark.engine
pytest_plugins = ["e2e.gateway.fixtures"]

MESSAGES = 200
TIMES = 5


def answered_once(traffic: Traffic) -> None:
    assert traffic.replies() == dict.fromkeys(traffic.sent, 1)
    assert traffic.numbers() == {f"#{number}": 1 for number in range(1, traffic.total + 1)}


def test_no_message_is_lost_or_answered_twice_by_five_graceful_stops(fresh: GatewayStack) -> None:
    traffic = Traffic(fresh, MESSAGES)
    with traffic.running():
        for _ in range(TIMES):
            docker("stop", fresh.container)
            assert fresh.inspect(".State.ExitCode") == "0"
            docker("start", fresh.container)
            fresh.until_ready()
    answered_once(traffic)
    assert len(fresh.logged(r"^shutdown completed in \d+ ms$")) == TIMES


def test_no_message_is_lost_or_answered_twice_by_five_restarts(fresh: GatewayStack) -> None:
    traffic = Traffic(fresh, MESSAGES)
    with traffic.running():
        for _ in range(TIMES):
            docker("restart", fresh.container)
            fresh.until_ready()
    answered_once(traffic)
    assert len(fresh.logged(r"^shutdown completed in \d+ ms$")) == TIMES


def test_a_kill_loses_nothing_and_doubles_at_most_the_reply_in_hand(fresh: GatewayStack) -> None:
    kills = 4
    traffic = Traffic(fresh, MESSAGES)
    with traffic.running():
        for kill in range(1, kills + 1):
            fresh.kill_process()
            until(lambda done=kill: fresh.inspect(".RestartCount") == str(done), "the engine started it again")  # type: ignore[misc]
            fresh.until_ready()
    replies = traffic.replies()
    assert set(replies) == set(traffic.sent)
    assert max(replies.values()) <= 2
    assert replies.total() - traffic.total <= kills
    assert set(traffic.numbers()) == {f"#{number}" for number in range(1, traffic.total + 1)}


def test_a_reply_that_was_owed_when_the_process_was_killed_is_sent_by_the_next_one(fresh: GatewayStack) -> None:
    fresh.fault("sendMessage", mode="hang")
    after = fresh.say("hello")
    until(lambda: fresh.telegram_state()["calls"].get("sendmessage") == 1, "the reply is under way")
    fresh.kill_process()
    assert fresh.heard(after) == ["#1 hello"]


def test_a_stop_waits_for_the_reply_in_hand_and_says_503_meanwhile(stacks: Callable[..., Any]) -> None:
    with stacks(variables={"SHUTDOWN_TIMEOUT": "4s"}) as stack:
        stack.up()
        stack.fault("sendMessage", mode="hang")
        after = stack.say("hello")
        until(lambda: stack.telegram_state()["calls"].get("sendmessage") == 1, "the reply is under way")
        with listening(f"container={stack.container}", "event=die", form="{{.Actor.Attributes.exitCode}}") as ends:
            stack.kill_process("TERM")
            stack.until_logged("not ready any more")
            answer = stack.get("/ready")
            assert (answer.status, answer.body["status"]) == (503, "stopping")
            refused = ask(
                stack.port,
                "/v1/messages",
                {"chat_id": 1001, "text": "late"},
                headers={"authorization": f"Bearer {stack.token}"},
            )
            assert refused.status == 503
            # Longer than SHUTDOWN_TIMEOUT: it gives up, says what hung, and its exit code does not claim a clean stop.
            assert next(ends).strip() == "124"
        forced = stack.logged("shutdown forced after")[0]
        assert "SHUTDOWN_TIMEOUT of 4000 ms" in forced["msg"]
        assert re.fullmatch(r"the reply to update \d+", forced["in_hand"][0])
        # The engine starts it again, since that was no clean end; the reply is not lost.
        assert stack.heard(after) == ["#1 hello"]
        assert stack.inspect(".RestartCount") == "1"


def test_a_second_signal_ends_the_process_at_once(fresh: GatewayStack) -> None:
    fresh.fault("sendMessage", mode="hang")
    fresh.say("hello")
    until(lambda: fresh.telegram_state()["calls"].get("sendmessage") == 1, "the reply is under way")
    docker("kill", "--signal", "TERM", fresh.container)
    fresh.until_logged("not ready any more")
    # `docker kill` counts as an order to stay down, so the exit code can be read afterwards.
    docker("kill", "--signal", "INT", fresh.container)
    assert docker("wait", fresh.container) == "130"
    assert fresh.logged("shutdown forced after .* a second signal, SIGINT")


def test_a_stop_does_not_sit_out_a_waiting_time_that_telegram_asked_for(fresh: GatewayStack) -> None:
    fresh.fault("sendMessage", status=429, retry_after=20)
    after = fresh.say("hello")
    fresh.until_logged("sendMessage failed, next attempt in 20000 ms")
    assert stopped_in(fresh) < 3
    assert fresh.inspect(".State.ExitCode") == "0"
    docker("start", fresh.container)
    assert fresh.heard(after) == ["#1 hello"]


def test_a_stop_tells_telegram_what_is_answered_and_nothing_more(fresh: GatewayStack) -> None:
    docker("stop", fresh.container)
    for text in ("first", "second", "third"):
        fresh.say(text)
    fresh.fault("sendMessage", status=429, retry_after=20, skip=1)
    docker("start", fresh.container)
    fresh.until_logged("sendMessage failed, next attempt in 20000 ms")
    assert fresh.telegram_state()["pending"] == 3
    docker("stop", fresh.container)
    assert fresh.heard() == ["#1 first"]
    assert fresh.telegram_state()["pending"] == 2


def test_idle_and_half_open_connections_do_not_hold_a_stop(fresh: GatewayStack) -> None:
    idle = http.client.HTTPConnection("127.0.0.1", fresh.port, timeout=10)
    idle.request("GET", "/health")
    assert idle.getresponse().read()
    with socket.create_connection(("127.0.0.1", fresh.port)) as half:
        half.sendall(b"POST /v1/messages HTTP/1.1\r\nhost: x\r\n")
        assert stopped_in(fresh) < 3
    assert fresh.inspect(".State.ExitCode") == "0"
    idle.close()


def test_a_signal_while_node_still_starts_is_not_lost(fresh: GatewayStack) -> None:
    docker("stop", fresh.container)
    for _ in range(3):
        docker("start", fresh.container)
        assert stopped_in(fresh) < 3
        assert fresh.inspect(".State.ExitCode") in {"0", "143"}


def stopped_in(stack: GatewayStack) -> float:
    """Seconds that `docker stop` takes."""
    began = time.monotonic()
    subprocess.run(["docker", "stop", stack.container], check=True, capture_output=True, timeout=60)
    return time.monotonic() - began
