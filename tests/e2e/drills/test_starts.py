"""Starts on a real engine: warm ones, cold ones, and the first requests after them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from e2e.drills.start_cases import START, STARTING

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine


def ids(project: ComposeProject) -> dict[str, str]:
    return {name: project.docker("inspect", "--format", "{{.Id}}", project.container(name)) for name in STARTING}


def test_starts_are_judged_by_their_own_clock_and_nothing_is_lost(project: ComposeProject, base_image: str) -> None:
    START.start(project, base_image)
    before = ids(project)
    done = START.drilled(project)
    told = json.loads(done.stdout)
    found = {(v["service"], v["drill"]): v for v in told["verdicts"]}
    assert START.missed(told) == {}

    # The program's own time is told apart from what the engine says of it.
    assert found["late", "warm-start"]["figures"]["ready_s"] > 2.5
    asked = found["rarely-asked", "warm-start"]
    assert asked["figures"]["lost_s"] > 1
    # One stop and start serves both drills that judge it.
    assert done.stderr.count("stop and start, with nothing but idle connections") == len(STARTING)
    assert any("lost to the health interval" in note for note in asked["notes"])
    assert "refused" in found["eager", "first-requests"]["summary"]
    assert "/orders.json" in found["in-layer", "cold-start"]["summary"]
    assert "/kept is an anonymous volume" in found["nameless", "cold-start"]["summary"]

    # Only what may be was made anew, and all of it is as before.
    after = ids(project)
    assert {name for name in STARTING if after[name] != before[name]} == {"prompt", "late", "honest"}
    assert told["unrestored"] == []
    assert done.returncode == 1

    again = json.loads(project.run("drill.judge", told["journal"], "--json").stdout)
    assert START.missed(again) == {}
