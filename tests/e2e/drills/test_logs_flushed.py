"""Lines that a program has logged and that a stop takes with it, on a real engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from e2e.drills.end_cases import LOGGING, LOGS

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine


def test_what_a_log_lacks_is_found_from_what_it_usually_has(project: ComposeProject, base_image: str) -> None:
    LOGS.start(project, base_image)
    done = LOGS.drilled(project)
    told = json.loads(done.stdout)
    assert LOGS.missed(told) == {}
    found = {v["service"]: v for v in told["verdicts"] if v["drill"] == "logs-flushed"}
    assert (found["loses"]["confidence"], found["loses-ids"]["confidence"]) == ("likely", "certain")
    for name in ("loses", "loses-ids"):
        assert found[name]["figures"]["log_requests_lost"] >= 3
        assert "request completed" in found[name]["evidence"][2]
    assert "not judged" in found["silent"]["summary"]
    # It judges the stop of graceful-stop, and costs none of its own.
    stops = done.stderr.count("stopping it under traffic")
    assert stops == len(LOGGING)
    assert told["unrestored"] == []
