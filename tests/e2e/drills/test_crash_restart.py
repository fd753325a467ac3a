"""Real crashes under every restart policy: the sound services pass, the others fail with the cause that they have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from seatrial.engine.inside import opened

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

SERVER = "require('http').createServer((q, r) => r.end('ok')).listen(80); process.on('SIGTERM', () => process.exit(0));"
PID_FILE = (
    "const fs = require('fs'); try { fs.writeFileSync('/tmp/app.pid', '1', {flag: 'wx'}) }"
    " catch { console.log('pid file /tmp/app.pid exists, is another instance running?'); process.exit(1) }"
)
# What is there at a start was left by a run before.
FORGIVING = f"require('fs').rmSync('/tmp/app.pid', {{force: true}}); {PID_FILE}"
LATE = f"setTimeout(() => {{ {SERVER} }}, 2500)"
PROGRAMS = {
    "always": (SERVER, "always", ""),
    "unless": (SERVER, "unless-stopped", ""),
    "few": (SERVER, "on-failure:2", ""),
    "spent": (SERVER, "on-failure:2", ""),
    "signalled": (f"process.on('SIGHUP', () => {{}}); {SERVER}", "always", ""),
    "none": (SERVER, "no", ""),
    "stale": (f"{PID_FILE}; {SERVER}", "unless-stopped", ""),
    "forgiving": (f"{FORGIVING}; {SERVER}", "unless-stopped", ""),
    "late": (LATE, "always", "{budgets: {startup: 2s}}"),
    "patient": (LATE, "always", ""),
    "looping": ("setTimeout(() => process.exit(1), 1500)", "always", ""),
    "once": ("", "no", ""),
    "silent": ("setInterval(() => {}, 1e6); process.on('SIGTERM', () => process.exit(0))", "always", ""),
}
VERDICTS = {
    "always": ("PASS", None),
    "unless": ("PASS", None),
    "few": ("PASS", None),
    "spent": ("FAIL", "policy-disabled"),
    "signalled": ("FAIL", "policy-disabled"),
    "none": ("WARN", "policy-missing"),
    "stale": ("FAIL", "stale-state-blocks-restart"),
    "forgiving": ("PASS", None),
    "late": ("FAIL", "start-too-slow"),
    "patient": ("PASS", None),
    "looping": ("INCONCLUSIVE", None),
    "once": ("SKIP", None),
    "silent": ("PASS", None),
}


def state(project: ComposeProject, service: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(project.docker("inspect", project.container(service)))[0]
    return found


def crash(project: ComposeProject, service: str, times: int) -> None:
    """Real crashes, as a service has them in its life."""
    with opened(project.name) as inside:
        for count in range(1, times + 1):
            assert inside.signal(state(project, service)["State"]["Pid"], "SIGKILL")
            for _ in range(1000):
                now = state(project, service)
                if now["RestartCount"] == count and now["State"]["Pid"]:
                    break
            else:
                pytest.fail(f"{service} is not restarted")


@pytest.fixture
def crashed(project: ComposeProject, base_image: str) -> ComposeProject:
    # Here only `late` is to be late, however busy the machine is.
    patience = "{budgets: {startup: 60s}}"
    services = [
        f"  {name}:\n    image: {base_image}\n    command: {json.dumps(['node', '-e', program])}\n"
        f"    restart: '{policy}'\n    x-seatrial: {budgets or patience}\n"
        for name, (program, policy, budgets) in PROGRAMS.items()
    ]
    project.write("".join(services))
    project.docker("compose", "-f", str(project.file), "up", "--detach")
    crash(project, "spent", 2)
    project.docker("kill", "--signal", "HUP", project.container("signalled"))
    return project


def test_every_policy_is_judged_by_what_it_does(crashed: ComposeProject) -> None:
    before = {name: state(crashed, name)["Id"] for name in PROGRAMS}
    done = crashed.run("drill.restart", "--json")
    told = json.loads(done.stdout)
    found = {verdict["service"]: verdict for verdict in told["verdicts"]}
    assert {name: (v["verdict"], v["cause"]) for name, v in found.items()} == VERDICTS
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
    assert {name: state(crashed, name)["Id"] for name in PROGRAMS} == before
    assert {line.partition(":")[0] for line in told["unrestored"]} - {"looping"} == {"stale"}
    sound = set(PROGRAMS) - {"stale", "looping", "once"}
    assert {state(crashed, name)["State"]["Status"] for name in sound} == {"running"}
    # The engine counts restarts against this limit: ours are not among them.
    assert state(crashed, "few")["RestartCount"] == 0
    assert crashed.docker("ps", "-aq", "--filter", f"label=seatrial.helper={crashed.name}") == ""

    again = json.loads(crashed.run("drill.judge", told["journal"], "--json").stdout)
    recorded = {v["service"]: (v["verdict"], v["cause"]) for v in again["verdicts"]}
    assert recorded == {name: VERDICTS[name] for name in recorded}
    assert recorded.keys() == PROGRAMS.keys()
