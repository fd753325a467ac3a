"""Stops in the middle of a start, on a real engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from e2e.drills.start_cases import WHILE_STARTING

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine


def test_a_signal_that_comes_too_early_must_not_be_lost(project: ComposeProject, base_image: str) -> None:
    WHILE_STARTING.start(project, base_image)
    told = json.loads(WHILE_STARTING.drilled(project).stdout)
    assert WHILE_STARTING.missed(told) == {}
    found = {v["service"]: v for v in told["verdicts"]}
    assert {found[name]["confidence"] for name in ("handles-late", "waits")} == {"certain"}
    assert "did not catch SIGTERM yet" in found["handles-late"]["evidence"][0]
    assert "trap" in found["waits"]["fix"]
    assert {v["figures"]["turns"] for v in found.values()} == {3}
    assert told["unrestored"] == []
