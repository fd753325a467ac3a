"""Connections on which nothing is asked, at the stop of a real container."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from e2e.drills.end_cases import IDLE

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine


def test_who_holds_the_stop_is_found_by_stopping_without_them(project: ComposeProject, base_image: str) -> None:
    IDLE.start(project, base_image)
    told = json.loads(IDLE.drilled(project).stdout)
    assert IDLE.missed(told) == {}
    found = {v["service"]: v for v in told["verdicts"]}
    assert (found["waits"]["confidence"], found["dawdles"]["confidence"]) == ("certain", "likely")
    assert "with no connection open it ended in" in found["waits"]["evidence"][0]
    assert "closeIdleConnections" in found["waits"]["fix"]
    assert found["waits"]["figures"]["idle_connections"] == 6
    assert told["unrestored"] == []
