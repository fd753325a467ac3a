"""Services with connections on which nothing is asked, and with lines that a stop takes with it."""

from __future__ import annotations

from typing import Any

from e2e.drills.suite import Suite, of

SERVER = "const s = require('http').createServer((q, r) => r.end('ok')).listen(80);"
# As many servers do: what stands is waited for, and nobody tells it to go.
HOLDS = (
    "const net = new Set(); const s = require('http').createServer((q, r) => r.end('ok')); s.keepAliveTimeout = 6e5;"
    " s.on('connection', c => { net.add(c); c.on('close', () => net.delete(c)) }); s.listen(80);"
    " process.on('SIGTERM', () => setInterval(() => net.size || process.exit(0), 20))"
)
IDLE_PROGRAMS = {
    "closes": f"{SERVER} process.on('SIGTERM', () => {{ s.close(() => process.exit(0)); s.closeIdleConnections() }})",
    "waits": HOLDS,
    "dawdles": f"{SERVER} process.on('SIGTERM', () => setTimeout(() => process.exit(0), 60000))",
    "lets-go": (
        "const s = require('http').createServer((q, r) => { r.setHeader('Connection', 'close'); r.end('ok') });"
        " s.listen(80); process.on('SIGTERM', () => process.exit(0))"
    ),
    "plain": (
        "const s = require('net').createServer(c => c.on('error', () => {})).listen(80);"
        " process.on('SIGTERM', () => process.exit(0))"
    ),
}
HELD = {
    "closes": ("PASS", None),
    "waits": ("FAIL", "connections-hold-stop"),
    "dawdles": ("FAIL", "drain-exceeds-grace"),
    "lets-go": ("SKIP", None),
    "plain": ("PASS", None),
}
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
LOGGING = {
    "at-once": AT_ONCE,
    "loses": BUFFERED.replace("ID", SHAPED, 1) + LEAVES,
    "loses-ids": BUFFERED.replace("id: ID", f"id: {BY_ID}", 1) + LEAVES,
    "flushes": BUFFERED.replace("ID", SHAPED, 1) + FLUSHES,
    "says-goodbye": SILENT.replace("process.exit(0)", "{ console.log('stopped'); process.exit(0) }"),
    "silent": SILENT,
}
LOGGED = {
    "at-once": ("PASS", None),
    "loses": ("FAIL", "logs-lost"),
    "loses-ids": ("FAIL", "logs-lost"),
    "flushes": ("PASS", None),
    "says-goodbye": ("PASS", None),
    "silent": ("SKIP", None),
}


def _idle(image: str) -> dict[str, Any]:
    services: dict[str, Any] = {
        name: {"image": image, "command": ["node", "-e", program], "stop_grace_period": "3s"}
        for name, program in IDLE_PROGRAMS.items()
    }
    services["plain"]["x-seatrial"] = {"probe": "tcp://:80"}
    return {"services": services}


def _logging(image: str) -> dict[str, Any]:
    return {"services": {name: {"image": image, "command": ["node", "-e", text]} for name, text in LOGGING.items()}}


IDLE = Suite("idle-clients", ("idle-clients",), _idle, of("idle-clients", HELD))
LOGS = Suite("logs-flushed", ("graceful-stop", "logs-flushed"), _logging, of("logs-flushed", LOGGED))
