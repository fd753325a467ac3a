"""Stops in the middle of a start, on a real engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

SERVER = "const s = require('http').createServer((q, r) => r.end('ok')).listen(80);"
HANDLER = "process.on('SIGTERM', () => process.exit(0));"
# As entrypoints wait for a database.
WAITING = 'n=0; until [ $$n -ge 8 ]; do n=$$((n + 1)); sleep 0.5; done; exec node -e "$$0"'
# Handles the signal at every moment: no `exec`, after which it would be deaf until the program has set itself up.
PATIENT = (
    "trap 'exit 143' TERM; n=0; until [ $$n -ge 8 ]; do n=$$((n + 1)); sleep 0.5 & wait $$!; done;"
    " node -e \"$$0\" & p=$$!; trap 'kill -TERM $$p' TERM; wait $$p; wait $$p"
)
SERVICES = {
    "handles-first": ["node", "-e", f"{HANDLER} setTimeout(() => {{ {SERVER} }}, 4000)"],
    # The handler comes with the server, as in most frameworks.
    "handles-late": ["node", "-e", f"setTimeout(() => {{ {SERVER} {HANDLER} }}, 4000)"],
    "waits": ["sh", "-c", WAITING, SERVER + HANDLER],
    "waits-well": ["sh", "-c", PATIENT, SERVER + HANDLER],
}
CHECK = {"test": ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1/"], "interval": "500ms", "retries": 100}
VERDICTS = {
    "handles-first": ("PASS", None, None),
    "handles-late": ("FAIL", "no-handler", "certain"),
    "waits": ("FAIL", "shell-swallows-signal", "certain"),
    "waits-well": ("PASS", None, None),
}


def test_a_signal_that_comes_too_early_must_not_be_lost(project: ComposeProject, base_image: str) -> None:
    services = {
        name: {"image": base_image, "command": command, "stop_grace_period": "2s", "healthcheck": CHECK}
        for name, command in SERVICES.items()
    }
    project.file.write_text(json.dumps({"name": project.name, "services": services}), encoding="utf-8")
    project.docker("compose", "-f", str(project.file), "up", "--detach")
    told = json.loads(project.run("drill", "--only", "stop-while-starting", "--json").stdout)
    found = {v["service"]: v for v in told["verdicts"]}
    assert {name: (v["verdict"], v["cause"], v["confidence"]) for name, v in found.items()} == VERDICTS
    assert "did not catch SIGTERM yet" in found["handles-late"]["evidence"][0]
    assert "trap" in found["waits"]["fix"]
    assert {v["figures"]["turns"] for v in found.values()} == {3}
    assert told["unrestored"] == []
