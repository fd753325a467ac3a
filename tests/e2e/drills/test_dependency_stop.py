"""A dependency that stops and comes back at another address: one passes, three fail for three reasons."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from e2e.drills.edges import DEPENDENCY_STOP, ENDS, REMEMBERS, SOUND, helpers

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine


def test_each_bad_habit_has_its_cause_and_the_sound_service_passes(project: ComposeProject, base_image: str) -> None:
    DEPENDENCY_STOP.start(project, base_image)
    told = json.loads(DEPENDENCY_STOP.drilled(project).stdout)
    assert (DEPENDENCY_STOP.missed(told), told["unrestored"]) == ({}, [])
    found = {v["service"]: v for v in told["verdicts"]}
    assert not found[SOUND]["notes"], "it did come back at another address"
    assert found[REMEMBERS]["confidence"] == "certain"  # at the old address it was answered again
    assert "exit 1" in " ".join(found[ENDS]["evidence"])
    assert helpers(project) == ""
