"""The gateway answers people and serves HTTP, through the real Bot API protocol in real containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from e2e.gateway.stack import CHAT
from e2e.gateway.web import ask

if TYPE_CHECKING:
    from e2e.gateway.stack import GatewayStack

pytestmark = pytest.mark.engine
pytest_plugins = ["e2e.gateway.fixtures"]


def test_a_text_comes_back_with_a_number_that_each_chat_counts_for_itself(gateway: GatewayStack) -> None:
    assert [gateway.reply_to(text, chat=77) for text in ("hello", "übermorgen 🙂")] == ["#1 hello", "#2 übermorgen 🙂"]
    assert gateway.reply_to("hello", chat=78) == "#1 hello"


@pytest.mark.parametrize(
    ("command", "answer"),
    [("/start", "Hello!"), ("/help", "/ping answers pong"), ("/ping", "pong"), ("/ping@stand_in_bot", "pong")],
)
def test_every_command_has_its_answer(gateway: GatewayStack, command: str, answer: str) -> None:
    assert gateway.reply_to(command).startswith(answer)


def test_the_longest_text_is_answered(gateway: GatewayStack) -> None:
    reply = gateway.reply_to("x" * 4096, chat=79)
    assert len(reply) == 4096
    assert reply.startswith("#1 xxx")


def test_health_and_readiness_say_so_in_their_bodies(gateway: GatewayStack) -> None:
    assert gateway.get("/health").body["status"] == "healthy"
    assert gateway.get("/ready").body == {"status": "ready", "telegram": "polled", "state": "open"}


@pytest.mark.parametrize("path", ["/", "/healthz", "/health/", "/v1/messages/"])
def test_an_unknown_path_does_not_look_healthy(gateway: GatewayStack, path: str) -> None:
    assert gateway.get(path).status == 404


def test_a_wrong_method_is_told_the_right_one(gateway: GatewayStack) -> None:
    answer = ask(gateway.port, "/health", {}, method="DELETE")
    assert (answer.status, (answer.headers or {})["allow"]) == (405, "GET, HEAD")


def test_a_message_is_sent_to_a_chat_by_whoever_knows_the_token(gateway: GatewayStack) -> None:
    after = gateway.say("/ping")
    gateway.heard(after)
    message = {"chat_id": CHAT, "text": "the build is done"}
    bearer = {"authorization": f"Bearer {gateway.token}"}
    assert ask(gateway.port, "/v1/messages", message).status == 401
    assert ask(gateway.port, "/v1/messages", message, headers={"authorization": "Bearer guess"}).status == 401
    sent = ask(gateway.port, "/v1/messages", message, headers=bearer)
    assert (sent.status, sent.body["chat_id"]) == (200, CHAT)
    assert gateway.heard(after, at_least=2) == ["pong", "the build is done"]


def test_a_refusal_by_telegram_is_passed_on(gateway: GatewayStack) -> None:
    bearer = {"authorization": f"Bearer {gateway.token}"}
    refused = ask(gateway.port, "/v1/messages", {"chat_id": 424242, "text": "hello"}, headers=bearer)
    assert (refused.status, refused.body["error"]) == (422, "Telegram refuses the message: Bad Request: chat not found")
    gateway.fault("sendMessage", status=429, retry_after=17)
    limited = ask(gateway.port, "/v1/messages", {"chat_id": CHAT, "text": "hello"}, headers=bearer)
    assert (limited.status, (limited.headers or {})["retry-after"]) == (429, "17")


def test_the_log_is_lines_of_json_and_holds_no_token(gateway: GatewayStack) -> None:
    gateway.reply_to("/ping")
    assert {"time", "level", "msg"} <= set(gateway.log()[0])
    assert gateway.token not in gateway.log_text()
    assert gateway.bot_token.split(":")[1] not in gateway.log_text()
