"""A service on the network of another one (`network_mode: service:NAME`), with the same drills as everybody."""

from __future__ import annotations

import json
import os
import signal
import uuid
from typing import TYPE_CHECKING

import pytest

from conftest import PREFIX, ComposeProject
from e2e.drills.edges import brought_up
from e2e.drills.suite import short
from e2e.engine_events import listening
from e2e.watch.watching import eventually

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

pytestmark = pytest.mark.engine

LIMIT_S = 60
DRILLS = ("graceful-stop", "cold-start", "dependency-stop")
SERVER = (
    "const s = require('http').createServer((q, r) => q.resume().on('end', () => r.end('ok'))).listen(PORT);"
    " process.on('SIGTERM', () => { s.close(() => process.exit(0)); s.closeIdleConnections() })"
)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, base_image: str) -> Iterator[ComposeProject]:
    """One for all: each test leaves it as it was."""
    folder = tmp_path_factory.mktemp("shared network") / "project"
    folder.mkdir()
    project = ComposeProject(folder, f"{PREFIX}-{uuid.uuid4().hex[:8]}")
    common = {"image": base_image, "restart": "unless-stopped", "stop_grace_period": "5s"}
    owner = {**common, "command": ["node", "-e", SERVER.replace("PORT", "8080")], "expose": [8080]}
    guest = {**common, "command": ["node", "-e", SERVER.replace("PORT", "9090")], "network_mode": "service:owner"}
    try:
        brought_up(project, {"services": {"owner": owner, "guest": guest}})
        yield project
    finally:
        project.remove()


def guest_seen_from_owner(project: ComposeProject) -> str:
    """What it answers on the owner's network, where it must be."""
    asked = ("exec", project.container("owner"), "wget", "-q", "-O", "-", "http://127.0.0.1:9090/")
    return project.docker(*asked)


def test_who_shares_a_network_is_on_it_again_after_each_start_of_its_owner(stack: ComposeProject) -> None:
    done = stack.run("drill", *(word for name in DRILLS for word in ("--only", name)), "--json")
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
    assert guest_seen_from_owner(stack) == "ok"


def test_killed_in_the_middle_it_leaves_somebody_who_brings_them_together_again(stack: ComposeProject) -> None:
    owner, guest = stack.container("owner"), stack.container("guest")
    form = "{{.Action}} {{.Actor.Attributes.name}}"
    with listening(f"container={owner}", f"container={guest}", form=form) as events:
        with stack.start("drill.stop", "--service", "owner") as run:
            heard(events, f"die {owner}")
            os.kill(run.pid, signal.SIGKILL)
            run.wait(LIMIT_S)
        heard(events, f"start {owner}")
        heard(events, f"start {guest}")
    eventually(lambda: guest_seen_from_owner(stack) == "ok")


def heard(events: Iterable[str], wanted: str) -> None:
    assert any(line.strip() == wanted for line in events), wanted
