"""`say`"""

import json
import os
import urllib.request
from pathlib import Path
from typing import Any

from invoke import Context, Exit, task

from seatrial import project
from seatrial.engine.whales import WhalesEngine
from seatrial.errors import SeatrialError

SIDE_DOOR = 8081  # the stand-in's port inside its container: compose/telegram/README.md


@task(help={"text": "what the person writes", "wait": "seconds to wait for the reply"}, auto_shortflags=False)
def say(c: Context, text: str, wait: int = 10) -> None:
    """Write to the bot as a person would, through the stand-in for Telegram, and print its reply."""
    if not text.strip():
        raise Exit("error: nothing to say\n  fix: inv say 'hello'", code=2)
    if c.config.run.dry:
        print(f"say {text!r} to the bot, and wait {wait} s for its reply")
        return
    try:
        door = _side_door()
    except SeatrialError as error:
        print(error)
        raise Exit(code=error.exit_code) from None
    said = _asked(f"{door}/person/say", {"text": text})
    heard = _asked(f"{door}/person/heard?after={said['after']}&chat_id={said['chat_id']}&wait={wait}")
    if not heard["messages"]:
        raise Exit(f"error: no reply in {wait} s\n  fix: see what the bot does: inv logs --service gateway", code=1)
    for message in heard["messages"]:
        print(message["text"])


def _side_door() -> str:
    """Where the stand-in is reached, asked of the engine: ports in env/.env may have changed since it was started."""
    stack = WhalesEngine().stack(project.find(Path(__file__).parent, environ=os.environ))
    for container in WhalesEngine().snapshot(stack.name).of("telegram"):
        for address in container.addresses:
            if address.target == SIDE_DOOR:
                return f"http://{address.host_ip}:{address.host_port}"
    raise Exit(
        "error: the stand-in for Telegram does not run\n  fix: inv up (with a real bot, write to it in Telegram)",
        code=1,
    )


def _asked(url: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=90) as answer:
        return json.load(answer)
