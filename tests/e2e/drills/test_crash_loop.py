"""Several crashes in a row, and ends with 0 that nobody asked for, under real restart policies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from e2e.drills.crash_cases import LOOP, LOOPING
from e2e.drills.suite import short

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine


def test_crashes_in_a_row_and_clean_ends_are_judged_by_what_the_engine_does(
    project: ComposeProject, base_image: str
) -> None:
    LOOP.start(project, base_image)
    told = json.loads(LOOP.drilled(project).stdout)
    assert short(told) == LOOP.verdicts
    found: dict[tuple[str, str], Any] = {(v["drill"], v["service"]): v for v in told["verdicts"]}

    # The engine's own wait before each restart, which cannot be shorter.
    figures = found["crash-loop", "sound"]["figures"]
    assert figures["crashes"] == 4
    for number, least in enumerate((0.1, 0.2, 0.4, 0.8), start=1):
        assert figures[f"gap_{number}_s"] >= least
    assert "crash 3 keeps it down" in found["crash-loop", "few"]["summary"]
    assert any("locked after 2 unclean starts" in line for line in found["crash-loop", "counting"]["evidence"])

    running = {name: project.docker("inspect", "-f", "{{.State.Status}}", project.container(name)) for name in LOOPING}
    assert {name for name, state in running.items() if state != "running"} <= {"counting"}
    assert {line.partition(":")[0] for line in told["unrestored"]} <= {"counting"}
    assert project.docker("inspect", "-f", "{{.RestartCount}}", project.container("few")) == "0"
