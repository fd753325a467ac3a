"""Telegram misbehaves as Telegram does: the gateway waits, says so, and goes on."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING, Any

import pytest

from e2e.gateway.shell import docker, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from e2e.gateway.stack import GatewayStack

pytestmark = pytest.mark.engine
pytest_plugins = ["e2e.gateway.fixtures"]


def test_a_rate_limit_is_waited_for_and_the_reply_comes_once(gateway: GatewayStack) -> None:
    gateway.fault("sendMessage", status=429, retry_after=1)
    after = gateway.say("/ping")
    gateway.until_logged(r"sendMessage failed, next attempt in 1000 ms: .*429: Too Many Requests: retry after 1")
    assert gateway.ready(), "a rate limit does not mean that Telegram is gone"
    assert gateway.heard(after) == ["pong"]


@pytest.mark.parametrize("order", [{"status": 500}, {"mode": "drop"}, {"mode": "html", "status": 502}])
def test_a_failed_reply_is_sent_again(gateway: GatewayStack, order: dict[str, Any]) -> None:
    gateway.fault("sendMessage", times=2, **order)
    assert gateway.reply_to("/ping") == "pong"


def test_a_page_from_a_proxy_is_told_as_what_it_is(gateway: GatewayStack) -> None:
    gateway.fault("sendMessage", mode="html", status=502)
    gateway.reply_to("/ping")
    gateway.until_logged("502: HTTP 502, and the answer is not in the Bot API's form")


def test_a_reply_that_telegram_took_without_saying_so_may_come_twice_but_is_not_lost(gateway: GatewayStack) -> None:
    gateway.fault("sendMessage", mode="lose")
    assert gateway.heard(gateway.say("/ping"), at_least=2) == ["pong", "pong"]


def test_a_reply_that_telegram_refuses_for_good_does_not_block_the_others(gateway: GatewayStack) -> None:
    gateway.fault("sendMessage", status=403)
    after = gateway.say("you blocked me", chat=80)
    assert gateway.reply_to("/ping") == "pong"
    assert gateway.heard(after, chat=80, wait_s=0) == []
    assert gateway.logged("Telegram refuses a reply for good, it is dropped: Forbidden: bot was blocked by the user")


def test_a_failing_poll_is_shown_by_readiness_and_not_by_health(gateway: GatewayStack) -> None:
    gateway.fault("getUpdates", status=500, times=4)
    gateway.reply_to("/ping")  # wakes the waiting poll; the next ones fail
    until(lambda: not gateway.ready(), "readiness tells that the poll fails")
    assert gateway.get("/health").status == 200
    gateway.until_ready()


def test_a_second_poller_is_waited_out_with_growing_pauses_and_no_exit(fresh: GatewayStack) -> None:
    def take_over() -> None:
        """A poll of somebody else with the same token, which ends with the connection."""
        other.request("GET", f"/bot{fresh.bot_token}/getUpdates?timeout=50&offset=-1")

    for times in (1, 2):
        other = http.client.HTTPConnection("127.0.0.1", fresh.side_door, timeout=60)
        until(lambda: fresh.telegram_state()["polled"], "the gateway polls again")
        take_over()
        fresh.until_logged("409: Conflict: terminated by other getUpdates request", times)
        assert "409" in fresh.get("/ready").body["telegram"]
        assert fresh.get("/health").status == 200
        other.close()
    conflicts = fresh.logged("409: Conflict")
    waits = [int(line["msg"].split("next attempt in ")[1].split(" ms")[0]) for line in conflicts]
    assert 2_000 <= waits[0] <= 3_000
    assert 4_000 <= waits[1] <= 6_000
    assert "give each its own bot" in conflicts[0]["fix"]
    assert fresh.reply_to("/ping") == "pong"
    fresh.until_ready()
    assert fresh.inspect(".RestartCount") == "0"


def test_telegram_may_go_away_and_come_back_with_what_people_wrote(fresh: GatewayStack) -> None:
    docker("stop", fresh.container)
    after = fresh.say("written while the gateway was down")
    docker("stop", f"{fresh.name}-telegram-1")
    docker("start", fresh.container)
    # grammY alone would try again in silence, and later and later.
    fresh.until_logged("getMe failed, next attempt in", times=2)
    until(lambda: fresh.get("/health").status == 200, "the gateway is alive")
    ready = fresh.get("/ready")
    assert ready.status == 503
    assert "ENOTFOUND" in ready.body["telegram"] or "EAI_AGAIN" in ready.body["telegram"]
    docker("start", f"{fresh.name}-telegram-1")
    fresh.until_ready()
    assert fresh.heard(after) == ["#1 written while the gateway was down"]
    docker("restart", f"{fresh.name}-telegram-1")
    fresh.until_ready()
    assert fresh.reply_to("and again") == "#2 and again"


def test_a_wrong_token_is_told_with_what_to_do_and_never_shown(stacks: Callable[..., Any]) -> None:
    with stacks() as stack:
        stack.up()
        docker("stop", stack.container)
        stack.bot_token = f"8000000001:{'B' * 35}"
        assert stack.compose("up", "--detach", "--no-build", "--no-deps", "gateway").returncode == 0
        stack.until_logged("getMe failed.*401: Unauthorized", times=2)
        assert stack.logged("401")[0]["fix"].startswith("Telegram does not know TELEGRAM_BOT_TOKEN")
        assert stack.get("/ready").status == 503
        assert "B" * 35 not in stack.log_text()
        assert stack.inspect(".RestartCount") == "0"
