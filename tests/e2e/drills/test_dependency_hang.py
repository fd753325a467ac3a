"""A dependency that takes connections and says nothing: who has a limit passes, who waits fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from e2e.drills.edges import SOUND, brought_up, drilled, helpers, pairs, short

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

WAITS = "waits"


def test_who_gives_up_in_time_passes_and_who_waits_for_ever_has_no_timeout(
    project: ComposeProject, base_image: str
) -> None:
    brought_up(project, pairs(base_image, (SOUND, WAITS)))
    found = drilled(project, "dependency-hang")
    sound, waits = found[SOUND, "dependency-hang"], found[WAITS, "dependency-hang"]
    assert short(sound) == ("PASS", None), sound
    assert sound["dependency"] == "sound-back"
    assert sound["figures"]["failed"] > 0  # with an answer that says so
    assert sound["figures"]["slowest_s"] < 5
    assert short(waits) == ("FAIL", "no-timeout"), waits
    assert waits["figures"]["hung"] > 0
    assert waits["confidence"] == "certain"
    assert helpers(project) == ""
