"""An engine on another machine, by a docker context over TCP with TLS: the same verbs, and what differs is said."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from threading import Timer
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

from e2e.another_engine import another_engine
from e2e.watch.watching import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import ComposeProject

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a second engine"),
    pytest.mark.skipif(not shutil.which("dockerd"), reason="no dockerd on PATH to start a second engine of"),
    pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl on PATH to make certificates with"),
]
LIMIT_S = 60
SERVER = """
const server = require("http").createServer((q, r) => q.resume().on("end", () => r.end("ok"))).listen(8080);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
""".replace("\n", " ").strip()
SERVICES = """
  web:
    image: {image}
    command: [node, -e, '{server}']
    init: true
    stop_grace_period: 5s
    ports: ["8080"]
    healthcheck: {{test: [CMD, "true"], interval: 1s}}
    develop: {{watch: [{{action: sync, path: ./src, target: /tmp/src}}]}}
"""


def test_up_status_watch_and_drill_work_on_another_machine_and_say_what_is_measured_differently(
    project: ComposeProject, base_image: str, tmp_path: Path
) -> None:
    project.write(SERVICES.format(image=base_image, server=SERVER))
    source = project.folder / "src" / "page"
    source.parent.mkdir()
    source.write_text("one")
    with another_engine(tmp_path, base_image) as engine:
        project.environ |= engine.environ

        told = json.loads(project.run("up", "--json").stdout)
        assert told["up"], told
        (url,) = told["services"][0]["urls"]
        assert url.startswith(f"http://{engine.machine}:")
        with urlopen(url, timeout=10) as answer:  # noqa: S310
            assert answer.read() == b"ok"

        # `up` is back as soon as the check passes when asked early; for the engine it is still starting then.
        eventually(lambda: seen(project)["grade"] == "up")
        assert seen(project)["containers"][0]["memory_bytes"] > 10**6

        with project.start("watch", "--no-up", "--json") as watch:
            assert watch.stdout is not None
            limit = Timer(LIMIT_S, watch.kill)
            limit.start()
            synced = (json.loads(line) for line in watch.stdout)
            next(event for event in synced if event["event"] == "synced")  # what it found when it began
            source.write_text("two")
            next(event for event in synced if event["event"] == "synced")
            assert within(project, "cat", "/tmp/src/page") == "two"
            limit.cancel()

        done = project.run("drill.stop", "--json")
        drilled = json.loads(done.stdout)
        (verdict,) = drilled["verdicts"]
        assert verdict["verdict"] == "PASS", verdict
        assert f"via a port published on {engine.machine}" in verdict["summary"]
        assert drilled["engine"]["machine"] == engine.machine
        assert 0 < drilled["engine"]["clock_error_s"] < 5
        assert not drilled["unrestored"]


def seen(project: ComposeProject) -> dict[str, Any]:
    """The only service, as `status` sees it."""
    services: list[dict[str, Any]] = json.loads(project.run("status", "--json").stdout)["services"]
    (web,) = services
    return web


def within(project: ComposeProject, *command: str) -> str:
    """What a command says in the container, by docker's own client."""
    exec_ = ["docker", "exec", project.container("web"), *command]
    return subprocess.run(exec_, env=project.environment(), check=True, capture_output=True, text=True).stdout
