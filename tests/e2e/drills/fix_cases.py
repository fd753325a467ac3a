"""Services that stop badly, each with the cause and the fix that a drill must find: applied, it makes the stop good."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SERVER, PARENT = "/programs/server.js", "/programs/parent.js"
_TINI = "/usr/bin/tini"


@dataclass(frozen=True)
class Case:
    """One service.

    Attributes:
        fix: a part of the text of the fix.
        applies: whether the fix is a change of the compose file, which a program can make.
        host: whether it needs this machine's programs.
    """

    name: str
    cause: str
    fix: str
    service: dict[str, Any]
    applies: bool = True
    host: bool = False
    environment: dict[str, str] = field(default_factory=dict)


def _case(name: str, cause: str, fix: str, command: list[str], **more: Any) -> Case:
    known = {key: more.pop(key) for key in ("applies", "host", "environment") if key in more}
    return Case(name, cause, fix, {"command": command, "stop_grace_period": "3s", **more}, **known)


CASES = (
    _case("needs-longer", "drain-exceeds-grace", "stop_grace_period: ", ["node", SERVER],
          environment={"ANSWER_MS": "3400"}),
    _case("starts-again", "drain-exceeds-grace", "started node again", ["node", PARENT], applies=False,
          stop_grace_period="1s", environment={"PARENT": "restarts"}),
    _case("other-signal", "wrong-stop-signal", "stop_signal: SIGTERM", ["PYTHON", "/programs/server.py"], host=True,
          stop_signal="SIGQUIT"),
    _case("titled", "shell-swallows-signal", "cd /; A=1 exec node", ["dash", "-ec", f"cd /; A=1 node {PARENT}; echo"],
          host=True, environment={"TITLE": "nginx: master process nginx"}),
    _case("tail-first", "wrapper-swallows-signal", SERVER, ["sh", "-c", f"node {SERVER} & exec tail -f /dev/null"]),
    _case("httpd", "no-handler", "init: true", ["busybox", "httpd", "-f", "-p", "8080"]),
    _case("to-group", "exits-without-draining", _TINI, [_TINI, "-g", "--", "node", PARENT], host=True,
          environment={"PARENT": "cluster", "STOP": "deaf"}),
)  # fmt: skip
