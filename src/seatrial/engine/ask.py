"""A question to Compose, without docker's search for it where that can be spared. The answer is the same."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from seatrial import plugin
from seatrial.engine.child import CLIENT_LIMIT_S, DOCKER, Client, answer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from subprocess import CompletedProcess

# docker sets it for a plugin, in its own way in each version, and Compose up to 2.26 at least gives it to containers.
_TELEMETRY = "OTEL_RESOURCE_ATTRIBUTES"
_DOCKERS = "docker.cli."
_MARK = "seatrial.asks=e0c4a1f7"


def who_acts() -> Client:
    """Who carries out what makes no container: the plugin itself where it is known, else docker, which looks for it."""
    path = plugin.compose(os.environ)
    return Client(path, {**os.environ, plugin.STARTED_BY: DOCKER.path}) if path else DOCKER


def who_makes(resolved: str) -> Client:
    """Who may make the containers of the model: docker, where they would see a difference. Pure but for the plugin."""
    return DOCKER if _TELEMETRY in resolved or _DOCKERS in resolved else who_acts()


def ask(
    arguments: Sequence[str], *, stdin: str | None = None, limit_s: float = CLIENT_LIMIT_S
) -> CompletedProcess[str]:
    """`docker ARGUMENTS`, of which the first is `compose`, to its end. Raises as `answer` does."""
    path = plugin.compose(os.environ)
    if path and _TELEMETRY not in (stdin or ""):
        compose = Client(path, {**os.environ, plugin.STARTED_BY: DOCKER.path, _TELEMETRY: _MARK})
        with suppress(OSError):
            done = answer(arguments, stdin=stdin, limit_s=limit_s, client=compose)
            if _MARK not in done.stdout + done.stderr:  # else the answer depends on what docker would have set
                return done
    return answer(arguments, stdin=stdin, limit_s=limit_s)
