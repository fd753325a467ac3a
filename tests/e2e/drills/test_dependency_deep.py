"""A dependency that crashes, or whose network is cut: its restart policy and its aliases are as before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from e2e.drills.edges import SOUND, brought_up, drilled, pairs, short

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

ONCE = "connects once"
BACK = "sound-back"


def test_a_crash_and_a_cut_network_are_survived_by_who_connects_again(project: ComposeProject, base_image: str) -> None:
    model = pairs(base_image, (SOUND, ONCE))
    services = model["services"]
    services[BACK] |= {"restart": "on-failure:2", "networks": {SOUND: {"aliases": ["by-another-name"]}}}
    services["connects-once"]["restart"] = "on-failure:2"
    brought_up(project, model)
    before = settings(project)
    found = drilled(project, "dependency-crash", "dependency-cut")
    for drill in ("dependency-crash", "dependency-cut"):
        assert short(found[SOUND, drill]) == ("PASS", None), found[SOUND, drill]
        assert found[SOUND, drill]["figures"]["failed"] > 0
    crash = found["connects-once", "dependency-crash"]
    assert short(crash) == ("FAIL", "no-reconnect"), crash
    assert settings(project) == before


def settings(project: ComposeProject) -> dict[str, Any]:
    """What must stay; the count of restarts is what `on-failure:2` has left."""
    (told,) = json.loads(project.docker("inspect", project.container(BACK)))
    (network,) = told["NetworkSettings"]["Networks"].values()
    policy = told["HostConfig"]["RestartPolicy"]
    return {"aliases": sorted(network["Aliases"]), "policy": policy, "restarts": told["RestartCount"]}
