"""`durability`: a service that keeps what it has acknowledged, one that forgets it, and one that does it again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

PROGRAM = Path(__file__).parent / "programs" / "orders.js"


def service(name: str, image: str, keep: str, faults: str) -> str:
    return (
        f"  {name}:\n    image: {image}\n    init: true\n    restart: always\n    command: [node, /orders.js]\n"
        f"    environment: {{KEEP: {keep}}}\n"
        f"    volumes: ['{name}:/data', {{type: bind, source: ./orders.js, target: /orders.js, read_only: true}}]\n"
        f"    x-seatrial:\n      writer:\n        write: POST http://{name}:8080/\n        body: '{{id}}'\n"
        f"        read: GET http://{name}:8080/\n        settle: 2s\n        faults: [{faults}]\n"
    )


def test_what_is_acknowledged_must_be_there_once(project: ComposeProject, base_image: str) -> None:
    (project.folder / "orders.js").write_bytes(PROGRAM.read_bytes())
    project.write(
        service("disk", base_image, "disk", "stop, crash, recreate")
        + service("memory", base_image, "memory", "stop, crash")
        + service("twice", base_image, "twice", "crash")
        + service("in-hand", base_image, "in-hand", "crash")
        + service("again", base_image, "in-hand", "stop")
        + f"  silent:\n    image: {base_image}\n    init: true\n    command: [sleep, '1000']\n",
        "volumes: {disk: {}, memory: {}, twice: {}, in-hand: {}, again: {}}",
    )
    project.run("up", "--no-wait")
    before = project.docker("inspect", "--format", "{{.Id}}", f"{project.name}-memory-1")
    done = project.run("drill", "--only", "durability", "--json")
    told = json.loads(done.stdout)
    verdicts = {v["service"]: v for v in told["verdicts"]}
    assert {name: (v["verdict"], v["cause"]) for name, v in verdicts.items()} == {
        "disk": ("PASS", None),
        "memory": ("FAIL", "writes-lost"),
        "twice": ("FAIL", "writes-doubled"),
        # What was in hand when it was killed, nobody can know; a stop has no such excuse.
        "in-hand": ("WARN", "writes-doubled"),
        "again": ("FAIL", "writes-doubled"),
        "silent": ("SKIP", None),
    }
    assert done.returncode == 1
    assert told["unrestored"] == []
    assert verdicts["disk"]["figures"]["acknowledged"] > 20
    assert verdicts["disk"]["figures"]["lost"] == verdicts["disk"]["figures"]["doubled"] == 0
    assert "before stop" in verdicts["memory"]["evidence"][0]
    assert verdicts["twice"]["figures"]["doubled"] == 3
    assert "x-seatrial: {writer: ...}" in verdicts["silent"]["summary"]
    # Judged again from what was written down, without an engine.
    again = json.loads(project.run("drill.judge", told["journal"], "--json").stdout)
    assert [v["summary"] for v in again["verdicts"]] == [v["summary"] for v in told["verdicts"]]
    assert project.docker("inspect", "--format", "{{.Id}}", f"{project.name}-memory-1") == before
