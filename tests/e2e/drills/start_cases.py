"""Services that start at their own pace, and that are stopped in the middle of a start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from e2e.drills.suite import Suite, of

if TYPE_CHECKING:
    from e2e.drills.suite import Verdicts

SERVER = (
    "const s = require('http').createServer((q, r) => r.end('ok')).listen(80);"
    " process.on('SIGTERM', () => { s.close(() => process.exit(0)); s.closeIdleConnections() })"
)
LATE = f"process.on('SIGTERM', () => process.exit(0)); setTimeout(() => {{ {SERVER} }}, 2500)"
ALWAYS = {"test": ["CMD", "true"], "interval": "500ms", "retries": 1}
ASKING = {"test": ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1/"], "interval": "500ms", "retries": 50}
NOT_COLD = {"drill": {"skip": {"cold-start": "its warm start tells it all"}}}
STARTING: dict[str, dict[str, Any]] = {
    "prompt": {"command": ["node", "-e", SERVER], "volumes": ["kept:/kept"]},
    "late": {"command": ["node", "-e", LATE], "x-seatrial": {"budgets": {"startup": "2s"}}},
    "eager": {"command": ["node", "-e", LATE], "healthcheck": ALWAYS, "x-seatrial": NOT_COLD},
    "honest": {"command": ["node", "-e", LATE], "healthcheck": ASKING, "x-seatrial": {"budgets": {"startup": "30s"}}},
    "rarely-asked": {
        "command": ["node", "-e", SERVER],
        "healthcheck": {"test": ["CMD", "true"], "interval": "12s"},
        "x-seatrial": {"budgets": {"startup": "11s"}, **NOT_COLD},
    },
    "in-layer": {"command": ["node", "-e", f"require('fs').writeFileSync('/orders.json', '1'); {SERVER}"]},
    "nameless": {"command": ["node", "-e", SERVER], "volumes": ["/kept"]},
}
STARTED: Verdicts = {
    ("prompt", "warm-start"): ("PASS", None),
    ("prompt", "first-requests"): ("PASS", None),
    ("prompt", "cold-start"): ("PASS", None),
    ("late", "warm-start"): ("FAIL", "start-too-slow"),
    ("late", "cold-start"): ("FAIL", "start-too-slow"),
    ("eager", "first-requests"): ("FAIL", "probe-broken"),
    ("honest", "warm-start"): ("PASS", None),
    ("honest", "first-requests"): ("PASS", None),
    ("honest", "cold-start"): ("PASS", None),
    ("rarely-asked", "warm-start"): ("WARN", "interval-dominates"),
    ("rarely-asked", "first-requests"): ("PASS", None),
    ("in-layer", "warm-start"): ("PASS", None),
    ("in-layer", "cold-start"): ("SKIP", None),
    ("nameless", "cold-start"): ("SKIP", None),
}
LISTENS = "const s = require('http').createServer((q, r) => r.end('ok')).listen(80);"
HANDLER = "process.on('SIGTERM', () => process.exit(0));"
# As entrypoints wait for a database.
WAITING = 'n=0; until [ $$n -ge 8 ]; do n=$$((n + 1)); sleep 0.5; done; exec node -e "$$0"'
# Handles the signal at every moment: no `exec`, after which it would be deaf until the program has set itself up.
PATIENT = (
    "trap 'exit 143' TERM; n=0; until [ $$n -ge 8 ]; do n=$$((n + 1)); sleep 0.5 & wait $$!; done;"
    " node -e \"$$0\" & p=$$!; trap 'kill -TERM $$p' TERM; wait $$p; wait $$p"
)
STOPPED_EARLY = {
    "handles-first": ["node", "-e", f"{HANDLER} setTimeout(() => {{ {LISTENS} }}, 4000)"],
    # The handler comes with the server, as in most frameworks.
    "handles-late": ["node", "-e", f"setTimeout(() => {{ {LISTENS} {HANDLER} }}, 4000)"],
    "waits": ["sh", "-c", WAITING, LISTENS + HANDLER],
    "waits-well": ["sh", "-c", PATIENT, LISTENS + HANDLER],
}
CHECK = {"test": ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1/"], "interval": "500ms", "retries": 100}
STOPPED = {
    "handles-first": ("PASS", None),
    "handles-late": ("FAIL", "no-handler"),
    "waits": ("FAIL", "shell-swallows-signal"),
    "waits-well": ("PASS", None),
}


def _starting(image: str) -> dict[str, Any]:
    services = {name: {"image": image, **service} for name, service in STARTING.items()}
    return {"services": services, "volumes": {"kept": {}}}


def _stopped_early(image: str) -> dict[str, Any]:
    common = {"image": image, "stop_grace_period": "2s", "healthcheck": CHECK}
    return {"services": {name: {**common, "command": command} for name, command in STOPPED_EARLY.items()}}


START = Suite("start", ("warm-start", "first-requests", "cold-start"), _starting, STARTED)
WHILE_STARTING = Suite(
    "stop-while-starting", ("stop-while-starting",), _stopped_early, of("stop-while-starting", STOPPED)
)
