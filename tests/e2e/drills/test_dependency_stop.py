"""A dependency that stops and comes back at another address: one passes, three fail for three reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from e2e.drills.edges import SOUND, brought_up, drilled, helpers, pairs, short

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

REMEMBERS, ONCE, ENDS = "remembers", "connects once", "ends"


def test_each_bad_habit_has_its_cause_and_the_sound_service_passes(project: ComposeProject, base_image: str) -> None:
    brought_up(project, pairs(base_image, (SOUND, REMEMBERS, ONCE, ENDS)))
    found = {service: verdict for (service, _), verdict in drilled(project, "dependency-stop").items()}
    assert short(found[SOUND]) == ("PASS", None), found[SOUND]
    assert not found[SOUND]["notes"], "it did come back at another address"
    assert short(found[REMEMBERS]) == ("FAIL", "stale-address"), found[REMEMBERS]
    assert found[REMEMBERS]["confidence"] == "certain"  # at the old address it was answered again
    assert short(found["connects-once"]) == ("FAIL", "no-reconnect"), found["connects-once"]
    assert short(found[ENDS]) == ("FAIL", "policy-missing"), found[ENDS]
    assert "exit 1" in " ".join(found[ENDS]["evidence"])
    assert helpers(project) == ""
