"""Connections on which nothing is asked, at the stop of a real container."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

SERVER = "const s = require('http').createServer((q, r) => r.end('ok')).listen(80);"
# As many servers do: what stands is waited for, and nobody tells it to go.
HOLDS = (
    "const net = new Set(); const s = require('http').createServer((q, r) => r.end('ok')); s.keepAliveTimeout = 6e5;"
    " s.on('connection', c => { net.add(c); c.on('close', () => net.delete(c)) }); s.listen(80);"
    " process.on('SIGTERM', () => setInterval(() => net.size || process.exit(0), 20))"
)
PROGRAMS = {
    "closes": f"{SERVER} process.on('SIGTERM', () => {{ s.close(() => process.exit(0)); s.closeIdleConnections() }})",
    "waits": HOLDS,
    "dawdles": f"{SERVER} process.on('SIGTERM', () => setTimeout(() => process.exit(0), 60000))",
    "lets-go": (
        "const s = require('http').createServer((q, r) => { r.setHeader('Connection', 'close'); r.end('ok') });"
        " s.listen(80); process.on('SIGTERM', () => process.exit(0))"
    ),
    "plain": (
        "const s = require('net').createServer(c => c.on('error', () => {})).listen(80);"
        " process.on('SIGTERM', () => process.exit(0))"
    ),
}
VERDICTS = {
    "closes": ("PASS", None, None),
    "waits": ("FAIL", "connections-hold-stop", "certain"),
    "dawdles": ("FAIL", "drain-exceeds-grace", "likely"),
    "lets-go": ("SKIP", None, None),
    "plain": ("PASS", None, None),
}


def test_who_holds_the_stop_is_found_by_stopping_without_them(project: ComposeProject, base_image: str) -> None:
    services: dict[str, Any] = {
        name: {"image": base_image, "command": ["node", "-e", program], "stop_grace_period": "3s"}
        for name, program in PROGRAMS.items()
    }
    services["plain"]["x-seatrial"] = {"probe": "tcp://:80"}
    project.file.write_text(json.dumps({"name": project.name, "services": services}), encoding="utf-8")
    project.docker("compose", "-f", str(project.file), "up", "--detach")
    told = json.loads(project.run("drill", "--only", "idle-clients", "--json").stdout)
    found = {v["service"]: v for v in told["verdicts"]}
    assert {name: (v["verdict"], v["cause"], v["confidence"]) for name, v in found.items()} == VERDICTS
    assert "with no connection open it ended in" in found["waits"]["evidence"][0]
    assert "closeIdleConnections" in found["waits"]["fix"]
    assert found["waits"]["figures"]["idle_connections"] == 6
    assert told["unrestored"] == []
