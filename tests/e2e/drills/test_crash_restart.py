"""Real crashes under every restart policy: the sound services pass, the others fail with the cause that they have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from e2e.drills.crash_cases import CRASH, PROGRAMS, state
from e2e.drills.suite import short

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine


def test_every_policy_is_judged_by_what_it_does(project: ComposeProject, base_image: str) -> None:
    CRASH.start(project, base_image)
    before = {name: state(project, name)["Id"] for name in PROGRAMS}
    done = project.run("drill.restart", "--json")  # the same as `drill --only crash-restart`
    told = json.loads(done.stdout)
    found = {verdict["service"]: verdict for verdict in told["verdicts"]}
    assert short(told) == CRASH.verdicts
    assert done.returncode == 1

    # Proof, not guesses.
    assert found["spent"]["confidence"] == "certain"
    # The engine remembers 256 events; on a machine where much goes on that is a few seconds.
    seen = "SIGHUP" in found["signalled"]["evidence"][0]
    assert found["signalled"]["confidence"] == ("certain" if seen else "guess")
    assert "rm -f /tmp/app.pid" in found["stale"]["fix"]
    assert any("pid file /tmp/app.pid exists" in line for line in found["stale"]["evidence"])
    assert "it crashes by itself" in found["looping"]["summary"]
    assert found["silent"]["summary"].endswith("not asked")
    for name in ("always", "unless", "few", "forgiving", "patient"):
        assert found[name]["figures"]["restart_gap_s"] >= 0.1
        assert "answer" not in found[name]["summary"]
    assert found["late"]["figures"]["ready_again_s"] > 2

    # As before: the same containers, all of them running but the one whose crash cannot be undone, which is said.
    assert {name: state(project, name)["Id"] for name in PROGRAMS} == before
    assert {line.partition(":")[0] for line in told["unrestored"]} - {"looping"} == {"stale"}
    sound = set(PROGRAMS) - {"stale", "looping", "once"}
    assert {state(project, name)["State"]["Status"] for name in sound} == {"running"}
    # The engine counts restarts against this limit: ours are not among them.
    assert state(project, "few")["RestartCount"] == 0
    assert project.docker("ps", "-aq", "--filter", f"label=seatrial.helper={project.name}") == ""

    # What is skipped before it is recorded is not in a journal.
    recorded = {place: verdict for place, verdict in CRASH.verdicts.items() if place[0] != "once"}
    assert short(json.loads(project.run("drill.judge", told["journal"], "--json").stdout)) == recorded
