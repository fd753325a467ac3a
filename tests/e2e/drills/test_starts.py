"""Starts on a real engine: warm ones, cold ones, and the first requests after them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

SERVER = (
    "const s = require('http').createServer((q, r) => r.end('ok')).listen(80);"
    " process.on('SIGTERM', () => { s.close(() => process.exit(0)); s.closeIdleConnections() })"
)
LATE = f"process.on('SIGTERM', () => process.exit(0)); setTimeout(() => {{ {SERVER} }}, 2500)"
ALWAYS = {"test": ["CMD", "true"], "interval": "500ms", "retries": 1}
ASKING = {"test": ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1/"], "interval": "500ms", "retries": 50}
NOT_COLD = {"drill": {"skip": {"cold-start": "its warm start tells it all"}}}
SERVICES: dict[str, dict[str, Any]] = {
    "prompt": {"command": ["node", "-e", SERVER], "volumes": ["kept:/kept"]},
    "late": {"command": ["node", "-e", LATE], "x-seatrial": {"budgets": {"startup": "2s"}}},
    "eager": {"command": ["node", "-e", LATE], "healthcheck": ALWAYS, "x-seatrial": NOT_COLD},
    "honest": {"command": ["node", "-e", LATE], "healthcheck": ASKING, "x-seatrial": {"budgets": {"startup": "30s"}}},
    "rarely-asked": {
        "command": ["node", "-e", SERVER],
        "healthcheck": {"test": ["CMD", "true"], "interval": "12s"},
        "x-seatrial": {"budgets": {"startup": "11s"}, **NOT_COLD},
    },
    "in-layer": {"command": ["node", "-e", f"require('fs').writeFileSync('/orders.json', '1'); {SERVER}"]},
    "nameless": {"command": ["node", "-e", SERVER], "volumes": ["/kept"]},
}
VERDICTS = {
    ("prompt", "warm-start"): ("PASS", None),
    ("prompt", "first-requests"): ("PASS", None),
    ("prompt", "cold-start"): ("PASS", None),
    ("late", "warm-start"): ("FAIL", "start-too-slow"),
    ("late", "cold-start"): ("FAIL", "start-too-slow"),
    ("eager", "first-requests"): ("FAIL", "probe-broken"),
    ("honest", "warm-start"): ("PASS", None),
    ("honest", "first-requests"): ("PASS", None),
    ("honest", "cold-start"): ("PASS", None),
    ("rarely-asked", "warm-start"): ("WARN", "interval-dominates"),
    ("rarely-asked", "first-requests"): ("PASS", None),
    ("in-layer", "warm-start"): ("PASS", None),
    ("in-layer", "cold-start"): ("SKIP", None),
    ("nameless", "cold-start"): ("SKIP", None),
}


def ids(project: ComposeProject) -> dict[str, str]:
    return {name: project.docker("inspect", "--format", "{{.Id}}", project.container(name)) for name in SERVICES}


def test_starts_are_judged_by_their_own_clock_and_nothing_is_lost(project: ComposeProject, base_image: str) -> None:
    services = {name: {"image": base_image, **service} for name, service in SERVICES.items()}
    model = {"name": project.name, "services": services, "volumes": {"kept": {}}}
    project.file.write_text(json.dumps(model), encoding="utf-8")
    project.docker("compose", "-f", str(project.file), "up", "--detach")
    before = ids(project)
    chosen = [word for name in ("warm-start", "first-requests", "cold-start") for word in ("--only", name)]
    done = project.run("drill", *chosen, "--json")
    told = json.loads(done.stdout)
    found = {(v["service"], v["drill"]): v for v in told["verdicts"]}
    assert {place: (found[place]["verdict"], found[place]["cause"]) for place in VERDICTS} == VERDICTS

    # The program's own time is told apart from what the engine says of it.
    assert found["late", "warm-start"]["figures"]["ready_s"] > 2.5
    asked = found["rarely-asked", "warm-start"]
    assert asked["figures"]["lost_s"] > 1
    # One stop and start serves both drills that judge it.
    assert done.stderr.count("stop and start, with nothing but idle connections") == len(SERVICES)
    assert any("lost to the health interval" in note for note in asked["notes"])
    assert "refused" in found["eager", "first-requests"]["summary"]
    assert "/orders.json" in found["in-layer", "cold-start"]["summary"]
    assert "/kept is an anonymous volume" in found["nameless", "cold-start"]["summary"]

    # Only what may be was made anew, and all of it is as before.
    after = ids(project)
    assert {name for name in SERVICES if after[name] != before[name]} == {"prompt", "late", "honest"}
    assert told["unrestored"] == []
    assert done.returncode == 1

    again = json.loads(project.run("drill.judge", told["journal"], "--json").stdout)
    recorded = {(v["service"], v["drill"]): (v["verdict"], v["cause"]) for v in again["verdicts"]}
    assert recorded == {place: (found[place]["verdict"], found[place]["cause"]) for place in recorded}
    assert recorded.keys() >= VERDICTS.keys()
