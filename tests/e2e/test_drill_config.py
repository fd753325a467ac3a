"""The drills that read the configuration, on containers that a real engine made from it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

READING = [word for drill in ("health-config", "stop-config", "restart-config") for word in ("--only", drill)]


def verdicts(done: object) -> dict[tuple[str, str], tuple[str, str | None]]:
    told = json.loads(done.stdout)  # type: ignore[attr-defined]
    assert told["version"] == 2
    return {(v["service"], v["drill"]): (v["verdict"], v["cause"]) for v in told["verdicts"]}


def test_what_is_wrong_is_found_in_force_and_the_sound_twin_passes(project: ComposeProject, base_image: str) -> None:
    common = f"    image: {base_image}\n    command: [sleep, '1000']\n    init: true\n"
    project.write(
        f"  bad:\n{common}    stop_grace_period: 500ms\n    restart: on-failure:2\n"
        "    healthcheck: {test: [CMD, 'true'], start_interval: 1s}\n"
        f"  good:\n{common}    stop_grace_period: 5s\n    restart: unless-stopped\n"
        "    healthcheck:\n      test: [CMD, test, -d, /tmp]\n      interval: 9s\n      timeout: 3s\n"
        "      start_period: 9s\n      start_interval: 1s\n"
    )
    project.run("up", "--no-wait")
    done = project.run("drill", *READING, "--json")
    assert done.returncode == 1
    assert verdicts(done) == {
        ("bad", "health-config"): ("FAIL", "interval-dominates"),
        ("bad", "stop-config"): ("FAIL", "grace-truncated"),
        ("bad", "restart-config"): ("WARN", "policy-disabled"),
        ("good", "health-config"): ("PASS", None),
        ("good", "stop-config"): ("PASS", None),
        ("good", "restart-config"): ("PASS", None),
    }
    assert project.run("drill", *READING, "--service", "good").returncode == 0
    assert verdicts(project.run("drill", "--only", "stop-config", "--service", "bad", "--json")) == {
        ("bad", "stop-config"): ("FAIL", "grace-truncated")
    }


def test_an_unknown_drill_is_a_usage_error(project: ComposeProject, base_image: str) -> None:
    project.write(f"  a:\n    image: {base_image}\n")
    done = project.run("drill", "--only", "gracefull-stop")
    assert done.returncode == 2
    assert "no drill `gracefull-stop`" in done.stderr
