"""Lines that a program has logged and that a stop takes with it, on a real engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

# A line for each request, kept in a buffer until it is full; the second time it never is.
BUFFERED = (
    "let kept = ''; let lines = 0; const write = () => { process.stdout.write(kept); kept = '' };"
    " const s = require('http').createServer((q, r) => {"
    " kept += JSON.stringify({time: Date.now(), msg: 'request completed', id: ID}) + '\\n'; if (++lines == 40) write();"
    " r.end('ok') }).listen(80);"
)
SHAPED, BY_ID = "''", "q.headers['x-seatrial-id']"
LEAVES = " process.on('SIGTERM', () => { s.close(() => process.exit(0)); s.closeIdleConnections() })"
FLUSHES = LEAVES.replace("process.exit(0)", "process.stdout.write(kept, () => process.exit(0))")
AT_ONCE = (
    "const s = require('http').createServer((q, r) => { console.log(q.method, q.url, Date.now()); r.end('ok') });"
    f" s.listen(80); {LEAVES}"
)
SILENT = f"const s = require('http').createServer((q, r) => r.end('ok')).listen(80); {LEAVES}"
PROGRAMS = {
    "at-once": AT_ONCE,
    "loses": BUFFERED.replace("ID", SHAPED, 1) + LEAVES,
    "loses-ids": BUFFERED.replace("id: ID", f"id: {BY_ID}", 1) + LEAVES,
    "flushes": BUFFERED.replace("ID", SHAPED, 1) + FLUSHES,
    "says-goodbye": SILENT.replace("process.exit(0)", "{ console.log('stopped'); process.exit(0) }"),
    "silent": SILENT,
}
VERDICTS = {
    "at-once": ("PASS", None, None),
    "loses": ("FAIL", "logs-lost", "likely"),
    "loses-ids": ("FAIL", "logs-lost", "certain"),
    "flushes": ("PASS", None, None),
    "says-goodbye": ("PASS", None, None),
    "silent": ("SKIP", None, None),
}


def test_what_a_log_lacks_is_found_from_what_it_usually_has(project: ComposeProject, base_image: str) -> None:
    services = {name: {"image": base_image, "command": ["node", "-e", program]} for name, program in PROGRAMS.items()}
    project.file.write_text(json.dumps({"name": project.name, "services": services}), encoding="utf-8")
    project.docker("compose", "-f", str(project.file), "up", "--detach")
    done = project.run("drill", "--only", "graceful-stop", "--only", "logs-flushed", "--json")
    told = json.loads(done.stdout)
    found = {v["service"]: v for v in told["verdicts"] if v["drill"] == "logs-flushed"}
    assert {name: (v["verdict"], v["cause"], v["confidence"]) for name, v in found.items()} == VERDICTS
    for name in ("loses", "loses-ids"):
        assert found[name]["figures"]["log_requests_lost"] >= 3
        assert "request completed" in found[name]["evidence"][2]
    assert "not judged" in found["silent"]["summary"]
    # It judges the stop of graceful-stop, and costs none of its own.
    stops = done.stderr.count("stopping it under traffic")
    assert stops == len(PROGRAMS)
    assert told["unrestored"] == []
