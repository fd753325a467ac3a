"""One gateway with its stand-in for Telegram, as a compose project of its own, driven by Docker's own client."""

from __future__ import annotations

import json
import os
import re
import secrets
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conftest import PREFIX, free_port
from e2e.gateway.shell import COMPOSE, attempt, docker, until
from e2e.gateway.web import Answer, ask

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Sequence
    from pathlib import Path

CHAT = 1001


@dataclass(frozen=True, slots=True)
class Images:
    """Tags of what was built once for all tests."""

    gateway: str
    telegram: str


@dataclass
class GatewayStack:
    """Ports, project name, secrets and env file are its own; `variables` go on top of the usual ones."""

    folder: Path
    images: Images
    variables: dict[str, str] = field(default_factory=dict)
    overlays: Sequence[str] = ()
    name: str = field(default_factory=lambda: f"{PREFIX}-gateway-{uuid.uuid4().hex[:8]}")
    port: int = field(default_factory=free_port)
    side_door: int = field(default_factory=free_port)
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    bot_token: str = field(default_factory=lambda: f"8000000001:{secrets.token_hex(18)[:35]}")

    @property
    def env_file(self) -> Path:
        return self.folder / f"{self.name}.env"

    @property
    def container(self) -> str:
        return f"{self.name}-gateway-1"

    def values(self) -> dict[str, str]:
        return {
            "GATEWAY_TOKEN": self.token,
            "TELEGRAM_BOT_TOKEN": self.bot_token,
            "TELEGRAM_API_ROOT": "http://telegram:8081",
            "COMPOSE_PROFILES": "telegram",
            "GATEWAY_PORT": str(self.port),
            "TELEGRAM_PORT": str(self.side_door),
            "TEST_GATEWAY_IMAGE": self.images.gateway,
            "TEST_TELEGRAM_IMAGE": self.images.telegram,
            **self.variables,
        }

    def compose(self, *arguments: str, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
        """`docker compose` on this project, with nothing of this shell's variables."""
        self.env_file.write_text("".join(f"{key}={value}\n" for key, value in self.values().items()), encoding="utf-8")
        files = [COMPOSE / "compose.yaml", COMPOSE.parent / "tests/e2e/gateway/images.yaml"]
        files += [COMPOSE / overlay for overlay in self.overlays]
        options = [option for file in files for option in ("-f", str(file))]
        clean = {key: os.environ[key] for key in ("PATH", "HOME", "DOCKER_HOST", "DOCKER_CONTEXT") if key in os.environ}
        front = ("compose", "-p", self.name, *options, "--env-file", str(self.env_file))
        return attempt(*front, *arguments, environ=clean, timeout_s=timeout_s)

    def up(self) -> GatewayStack:
        done = self.compose("up", "--detach", "--wait", "--no-build", "--quiet-pull")
        assert done.returncode == 0, done.stderr + self.log_text()
        return self

    def remove(self) -> None:
        self.compose("--profile", "*", "down", "--volumes", "--timeout", "1")

    # The person's side

    def say(self, text: str, chat: int = CHAT) -> int:
        """Writes to the bot; gives the place after which its answer will be heard."""
        answer = ask(self.side_door, "/person/say", {"text": text, "chat_id": chat})
        assert answer.status == 201, answer
        return int(answer.body["after"])

    def heard(self, after: int = 0, at_least: int = 1, chat: int = CHAT, wait_s: float = 30) -> list[str]:
        """What the bot said after a place, as soon as there is enough of it or time is up."""
        query = f"after={after}&at_least={at_least}&chat_id={chat}&wait={wait_s}"
        return [message["text"] for message in ask(self.side_door, f"/person/heard?{query}").body["messages"]]

    def reply_to(self, text: str, chat: int = CHAT) -> str:
        replies = self.heard(self.say(text, chat), chat=chat)
        assert len(replies) == 1, replies
        return replies[0]

    def fault(self, method: str, **order: object) -> None:
        answer = ask(self.side_door, "/faults", {"method": method, **order})
        assert answer.status == 201, answer

    def telegram_state(self) -> Any:
        return ask(self.side_door, "/state").body

    # The gateway's side

    def get(self, path: str) -> Answer:
        return ask(self.port, path)

    def ready(self) -> bool:
        return self.get("/ready").status == 200

    def until_ready(self, timeout_s: float = 15) -> None:
        until(self.ready, "the gateway is ready", timeout_s)

    def log_text(self) -> str:
        done = attempt("logs", self.container)
        return done.stdout + done.stderr

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log_text().splitlines()]

    def logged(self, pattern: str) -> list[dict[str, Any]]:
        return [line for line in self.log() if re.search(pattern, line["msg"])]

    def until_logged(self, pattern: str, times: int = 1, timeout_s: float = 15) -> None:
        until(lambda: len(self.logged(pattern)) >= times, f"{pattern!r} in the log, {times} times", timeout_s)

    def inspect(self, expression: str) -> str:
        return docker("inspect", "--format", f"{{{{{expression}}}}}", self.container)

    def kill_process(self, signal: str = "KILL") -> None:
        """A signal to node itself, not to the container: as the kernel does when memory runs out."""
        docker("exec", self.container, "sh", "-c", f"kill -{signal} $(pidof node)")
