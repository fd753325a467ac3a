"""The list of checks: their words are stable, and documented in their order."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from seatrial.doctor.check import checked
from seatrial.doctor.checks import CHECKS
from seatrial.doctor.docker.info import Info
from seatrial.doctor.finding import Status
from seatrial.doctor.look import known, unknown
from seatrial.doctor.scene import Scene
from seatrial.doctor.surroundings import Machine
from seatrial.errors import ConfigurationInvalid, EngineUnreachable
from unit.doctor.found import only

if TYPE_CHECKING:
    from seatrial.doctor.look import Look

DOCS = Path(__file__).parents[3] / "docs" / "doctor.md"


def test_every_check_stands_in_the_documentation_in_its_order() -> None:
    documented = re.findall(r"^\| `([a-z-]+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert documented == [check.name for check in CHECKS]


def test_each_has_a_word_of_its_own_that_fits_its_column() -> None:
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) < 18


@pytest.mark.parametrize(
    ("info", "told"),
    [
        (known(Info("28.2.2", {"compose": "2.40.3"})), Status.FAILURE),
        (known(Info("28.2.2")), Status.SKIPPED),
        (known(Info("")), Status.SKIPPED),
        (unknown("no answer within 10 s"), Status.SKIPPED),
    ],
)
def test_a_compose_file_is_not_blamed_while_compose_cannot_be_asked(info: Look[Info], told: Status) -> None:
    machine: Any = SimpleNamespace(client="/usr/bin/docker", info=info)
    machine.has_compose = Machine.has_compose.fget(machine)  # type: ignore[attr-defined]
    refused = EngineUnreachable("no answer in 30 s", fix="restart it")
    scene: Any = SimpleNamespace(machine=machine, project=object(), refused=refused)
    (check,) = [check for check in CHECKS if check.name == "compose-file"]
    assert only(checked(scene, [check])).status is told


def test_what_is_skipped_says_whether_compose_was_asked() -> None:
    project: Any = object()
    for refused, reason in (
        (EngineUnreachable("gone", fix="x"), "Compose cannot be asked"),
        (ConfigurationInvalid("bad", fix="x"), "Compose refuses the project"),
    ):
        scene: Any = SimpleNamespace(project=project, refused=refused)
        assert Scene.no_model.fget(scene) == reason  # type: ignore[attr-defined]
