"""Services under every restart policy that crash, crash again and again, or end by themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from e2e.drills.suite import Suite, of
from seatrial.engine.inside import opened

if TYPE_CHECKING:
    from conftest import ComposeProject

ANSWERS = "require('http').createServer((q, r) => r.end('ok')).listen(80);"
SERVER = f"{ANSWERS} process.on('SIGTERM', () => process.exit(0));"
PID_FILE = (
    "const fs = require('fs'); try { fs.writeFileSync('/tmp/app.pid', '1', {flag: 'wx'}) }"
    " catch { console.log('pid file /tmp/app.pid exists, is another instance running?'); process.exit(1) }"
)
# What is there at a start was left by a run before.
FORGIVING = f"require('fs').rmSync('/tmp/app.pid', {{force: true}}); {PID_FILE}"
LATE = f"setTimeout(() => {{ {SERVER} }}, 2500)"
PROGRAMS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "always": (SERVER, "always", {}),
    "unless": (SERVER, "unless-stopped", {}),
    "few": (SERVER, "on-failure:2", {}),
    "spent": (SERVER, "on-failure:2", {}),
    "signalled": (f"process.on('SIGHUP', () => {{}}); {SERVER}", "always", {}),
    "none": (SERVER, "no", {}),
    "stale": (f"{PID_FILE}; {SERVER}", "unless-stopped", {}),
    "forgiving": (f"{FORGIVING}; {SERVER}", "unless-stopped", {}),
    "late": (LATE, "always", {"budgets": {"startup": "2s"}}),
    "patient": (LATE, "always", {}),
    "looping": ("setTimeout(() => process.exit(1), 1500)", "always", {}),
    "once": ("", "no", {}),
    "silent": ("setInterval(() => {}, 1e6); process.on('SIGTERM', () => process.exit(0))", "always", {}),
}
CRASHED = {
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
# A shell counts: node may be killed before it has come so far.
COUNTS = (
    "echo 1 >>/tmp/starts; [ $$(wc -l </tmp/starts) -le 2 ] ||"
    " { echo '/tmp/starts: locked after 2 unclean starts'; exit 1; }; exec node -e \"$$0\""
)
LOOPING = {
    "sound": (["node", "-e", SERVER], "unless-stopped"),
    "few": (["node", "-e", SERVER], "on-failure:2"),
    "failing": (["node", "-e", SERVER.replace("exit(0)", "exit(3)")], "on-failure"),
    "deaf": (["node", "-e", f"{ANSWERS} process.on('SIGTERM', () => {{}})"], "always"),
    "counting": (["sh", "-c", COUNTS, SERVER], "always"),
    "none": (["node", "-e", SERVER], "no"),
}
LOOPED = {
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
                raise AssertionError(f"{service} is not restarted")


def _crashing(image: str) -> dict[str, Any]:
    # Here only `late` is to be late, however busy the machine is.
    patience = {"budgets": {"startup": "60s"}}
    return {
        "services": {
            name: {
                "image": image,
                "command": ["node", "-e", program],
                "restart": policy,
                "x-seatrial": more or patience,
            }
            for name, (program, policy, more) in PROGRAMS.items()
        }
    }


def _looping(image: str) -> dict[str, Any]:
    return {
        "services": {
            name: {"image": image, "command": command, "restart": policy, "stop_grace_period": "1s"}
            for name, (command, policy) in LOOPING.items()
        }
    }


def _used_up(project: ComposeProject) -> None:
    crash(project, "spent", 2)
    project.docker("kill", "--signal", "HUP", project.container("signalled"))


CRASH = Suite("crash-restart", ("crash-restart",), _crashing, of("crash-restart", CRASHED), _used_up, lasting=False)
LOOP = Suite(
    "crash-loop",
    ("crash-loop", "clean-exit"),
    _looping,
    of("crash-loop", LOOPED) | of("clean-exit", CLEAN),
    lasting=False,
)
