"""A service on the network of another one (`network_mode: service:NAME`), with the same drills as everybody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from e2e.drills.suite import short

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

DRILLS = ("graceful-stop", "cold-start", "dependency-stop")
SERVER = (
    "const s = require('http').createServer((q, r) => q.resume().on('end', () => r.end('ok'))).listen(PORT);"
    " process.on('SIGTERM', () => { s.close(() => process.exit(0)); s.closeIdleConnections() })"
)


def test_who_shares_a_network_is_on_it_again_after_each_start_of_its_owner(
    project: ComposeProject, base_image: str
) -> None:
    common = {"image": base_image, "restart": "unless-stopped", "stop_grace_period": "5s"}
    owner = {**common, "command": ["node", "-e", SERVER.replace("PORT", "8080")], "expose": [8080]}
    guest = {**common, "command": ["node", "-e", SERVER.replace("PORT", "9090")], "network_mode": "service:owner"}
    services = {"owner": owner, "guest": guest}
    project.file.write_text(json.dumps({"name": project.name, "services": services}), encoding="utf-8")
    assert project.run("up").returncode == 0
    done = project.run("drill", *(word for name in DRILLS for word in ("--only", name)), "--json")
    told = json.loads(done.stdout)
    found = short(told)
    assert {place: verdict for place, (verdict, _) in found.items()} == {
        ("owner", "graceful-stop"): "PASS",
        ("owner", "cold-start"): "SKIP",  # with another container the guest would have no network at all
        ("guest", "graceful-stop"): "PASS",
        ("guest", "cold-start"): "SKIP",
        ("guest", "dependency-stop"): "SKIP",
    }, done.stderr
    assert told["unrestored"] == []
    # From the owner's network, where it must be now.
    asked = ("exec", project.container("owner"), "wget", "-q", "-O", "-", "http://127.0.0.1:9090/")
    assert project.docker(*asked) == "ok"
