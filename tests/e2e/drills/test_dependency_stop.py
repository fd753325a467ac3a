"""A dependency that stops and comes back at another address: one passes, three fail for three reasons."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from e2e.drills.edges import DEPENDENCY_STOP, ENDS, REMEMBERS, SOUND, brought_up, helpers, pairs, service
from e2e.drills.suite import short

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


def test_who_is_answered_by_another_at_the_old_address_has_not_found_its_dependency(
    project: ComposeProject, base_image: str
) -> None:
    """Addresses change hands: a neighbour gets the dependency's while that is away, and answers in its place."""
    model = pairs(base_image, (SOUND, REMEMBERS))
    model["services"]["neighbour"] = service(base_image, "back", networks=["elsewhere"])
    model["networks"]["elsewhere"] = {}
    brought_up(project, model)
    homes = {project.container(f"{name}-back"): f"{project.name}_{name}" for name in (SOUND, REMEMBERS)}
    # Without a helper nothing of ours takes the address first.
    project.environ["INVOKE_SEATRIAL_HELPER_IMAGE"] = "seatrial-test/none:1"
    watch = ["docker", "events", "--filter", "event=die", "--format", "{{.Actor.Attributes.name}}"]
    chosen = ("--only", "dependency-stop", "--service", SOUND, "--service", REMEMBERS)
    with (
        subprocess.Popen(watch, stdout=subprocess.PIPE, text=True) as events,
        project.start("drill", *chosen, "--json") as drill,
    ):
        assert events.stdout is not None
        for line in events.stdout:
            if network := homes.pop(line.strip(), ""):
                project.docker("network", "connect", network, project.container("neighbour"))
            if not homes:
                break
        out, err = drill.communicate(timeout=120)
        events.terminate()
    told = json.loads(out)
    assert short(told) == {
        (SOUND, "dependency-stop"): ("PASS", None),
        (REMEMBERS, "dependency-stop"): ("FAIL", "stale-address"),
    }, err
    stale = next(v for v in told["verdicts"] if v["service"] == REMEMBERS)
    assert project.container("neighbour") in stale["summary"]
