"""A dependency that takes connections and says nothing: who has a limit passes, who waits fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from e2e.drills.edges import DEPENDENCY_HANG, SOUND, WAITS, helpers

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine


def test_who_gives_up_in_time_passes_and_who_waits_for_ever_has_no_timeout(
    project: ComposeProject, base_image: str
) -> None:
    DEPENDENCY_HANG.start(project, base_image)
    told = json.loads(DEPENDENCY_HANG.drilled(project).stdout)
    assert (DEPENDENCY_HANG.missed(told), told["unrestored"]) == ({}, [])
    found = {v["service"]: v for v in told["verdicts"]}
    sound, waits = found[SOUND], found[WAITS]
    assert sound["dependency"] == "sound-back"
    assert sound["figures"]["failed"] > 0  # with an answer that says so
    assert sound["figures"]["slowest_s"] < 5
    assert waits["figures"]["hung"] > 0
    assert waits["confidence"] == "certain"
    assert helpers(project) == ""
