"""Several crashes in a row, and ends with 0 that nobody asked for, under real restart policies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

SERVER = "require('http').createServer((q, r) => r.end('ok')).listen(80);"
ENDS = f"{SERVER} process.on('SIGTERM', () => process.exit(0));"
COUNTS = (
    "const fs = require('fs'); fs.appendFileSync('/tmp/starts', '1');"
    " if (fs.statSync('/tmp/starts').size > 2) { console.log('/tmp/starts: locked after 2 unclean starts');"
    " process.exit(1) }"
)
SERVICES = {
    "sound": (ENDS, "unless-stopped"),
    "few": (ENDS, "on-failure:2"),
    "failing": (ENDS.replace("exit(0)", "exit(3)"), "on-failure"),
    "deaf": (f"{SERVER} process.on('SIGTERM', () => {{}})", "always"),
    "counting": (f"{COUNTS} {ENDS}", "always"),
    "none": (ENDS, "no"),
}
LOOP = {
    "sound": ("PASS", None),
    "few": ("WARN", "policy-disabled"),
    "failing": ("PASS", None),
    "deaf": ("PASS", None),
    "counting": ("FAIL", "stale-state-blocks-restart"),
    "none": ("SKIP", None),
}
CLEAN = {
    "sound": ("PASS", None),
    "few": ("WARN", "policy-missing"),
    "failing": ("INCONCLUSIVE", None),
    "deaf": ("INCONCLUSIVE", None),
    "counting": ("INCONCLUSIVE", None),
    "none": ("SKIP", None),
}


def test_crashes_in_a_row_and_clean_ends_are_judged_by_what_the_engine_does(
    project: ComposeProject, base_image: str
) -> None:
    services = (
        f"  {name}:\n    image: {base_image}\n    command: {json.dumps(['node', '-e', program])}\n"
        f"    restart: '{policy}'\n    stop_grace_period: 1s\n"
        for name, (program, policy) in SERVICES.items()
    )
    project.write("".join(services))
    project.docker("compose", "-f", str(project.file), "up", "--detach")
    done = project.run("drill", "--only", "crash-loop", "--only", "clean-exit", "--json")
    told = json.loads(done.stdout)
    found: dict[tuple[str, str], Any] = {(v["drill"], v["service"]): v for v in told["verdicts"]}

    def judged(drill: str) -> dict[str, tuple[str, str | None]]:
        return {name: (v["verdict"], v["cause"]) for (of, name), v in found.items() if of == drill}

    assert judged("crash-loop") == LOOP
    assert judged("clean-exit") == CLEAN

    # The engine's own wait before each restart, which cannot be shorter.
    figures = found["crash-loop", "sound"]["figures"]
    assert figures["crashes"] == 4
    for number, least in enumerate((0.1, 0.2, 0.4, 0.8), start=1):
        assert figures[f"gap_{number}_s"] >= least
    assert "crash 3 keeps it down" in found["crash-loop", "few"]["summary"]
    assert any("locked after 2 unclean starts" in line for line in found["crash-loop", "counting"]["evidence"])

    running = {name: project.docker("inspect", "-f", "{{.State.Status}}", project.container(name)) for name in SERVICES}
    assert {name for name, state in running.items() if state != "running"} <= {"counting"}
    assert {line.partition(":")[0] for line in told["unrestored"]} <= {"counting"}
    assert project.docker("inspect", "-f", "{{.RestartCount}}", project.container("few")) == "0"
