"""Services that stop well or badly, each with the verdict that it must get. They run what programs/ holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DRAIN, NEVER = "10s", "2s"  # a grace that is enough, and one that is used up
JS, PY = "/programs/server.js", "/programs/server.py"
ORDERS_SH = f"node {JS}"
# What the loop starts inherits that the signal is ignored: it does not end either.
TRAP_LOOP = "trap '' TERM; while true; do sleep 1; done"


@dataclass(frozen=True)
class Case:
    """One service.

    Attributes:
        needs: parts that a machine may not have: host, python, java, npm, tls.
        way: the verdict of `signal-path`; "" where that is not asked.
        way_cause: its cause.
        serves: whether it listens to anybody.
    """

    name: str
    verdict: str
    cause: str | None
    service: dict[str, Any]
    needs: str = ""
    way: str = ""
    way_cause: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    serves: bool = True


def _case(
    name: str,
    verdict: str,
    cause: str | None,
    command: str | list[str],
    *,
    grace: str = DRAIN,
    needs: str = "",
    way: str = "",
    way_cause: str | None = None,
    environment: dict[str, str] | None = None,
    serves: bool = True,
    **more: Any,
) -> Case:
    command = command.split() if isinstance(command, str) else command
    service = {"command": command, "stop_grace_period": grace, **more}
    return Case(name, verdict, cause, service, needs, way, way_cause, environment or {}, serves)


def _node(name: str, verdict: str, cause: str | None, stop: str, **more: Any) -> Case:
    environment = {"STOP": stop, **more.pop("environment", {})}
    return _case(name, verdict, cause, ["node", JS], environment=environment, **more)


def _python(name: str, verdict: str, cause: str | None, stop: str, **more: Any) -> Case:
    return _case(name, verdict, cause, ["PYTHON", PY], needs="python", environment={"STOP": stop}, **more)


SHELL, WRAPPER = "shell-swallows-signal", "wrapper-swallows-signal"
EXITS, DEAF = "exits-without-draining", "no-handler"
PASS, FAIL, OPEN, SKIP = "PASS", "FAIL", "INCONCLUSIVE", "SKIP"
NPM: dict[str, Any] = {"working_dir": "/start"}
BROKEN_SHELL: dict[str, Any] = {"way": FAIL, "way_cause": SHELL}
BROKEN_WRAPPER: dict[str, Any] = {"way": FAIL, "way_cause": WRAPPER}

PROGRAMS = (
    _node("node-drains", PASS, None, "drain", way=PASS),
    _node("node-exits", FAIL, EXITS, "exit", way=OPEN),
    _node("node-deaf", FAIL, DEAF, "deaf", grace=NEVER),
    _node("init-node-deaf", FAIL, DEAF, "deaf", init=True),
    _python("python-drains", PASS, None, "drain"),
    _python("python-deaf", FAIL, DEAF, "deaf", grace=NEVER),
    _node("node-reraises", PASS, None, "raise"),
    _node("init-node-reraises", PASS, None, "raise", init=True),
    _case("jvm-hook", PASS, None, ["JAVA", "-cp", "/java", "Server"], needs="java", grace="10s"),
)
WAYS = (
    _case("busybox-execs", PASS, None, ["sh", "-c", f"cd / && {ORDERS_SH}"], way=PASS),
    _case("busybox-stays", FAIL, SHELL, ["sh", "-c", f"{ORDERS_SH}; echo over"], grace=NEVER, **BROKEN_SHELL),
    _case("init-shell", FAIL, SHELL, ["sh", "-c", f"{ORDERS_SH}; echo over"], init=True, **BROKEN_SHELL),
    _case(
        "trap-stays", FAIL, SHELL, ["sh", "-c", f"trap '' TERM; {ORDERS_SH}; echo over"], grace=NEVER, **BROKEN_SHELL,
    ),
    _case("trap-loop", FAIL, SHELL, ["sh", "-c", TRAP_LOOP], grace=NEVER, serves=False),
    _case("init-trap-loop", FAIL, SHELL, ["sh", "-c", TRAP_LOOP], init=True, grace=NEVER, serves=False),
    _case("dash-form", FAIL, SHELL, ["dash", "-c", ORDERS_SH], needs="host", grace=NEVER),
    _case("bash-execs", PASS, None, ["bash", "-c", f"cd / && {ORDERS_SH}"], needs="host"),
    _case("bash-stays", FAIL, SHELL, ["bash", "-c", f"{ORDERS_SH}; echo over"], needs="host", grace=NEVER),
    # npm starts scripts with `sh -c`: busybox becomes the program, dash stays above it and dies of the signal.
    _case("npm-dash", FAIL, WRAPPER, ["node", "/npm-11.19.1/bin/npm-cli.js", "start"], needs="host", **NPM),
    _case("npm-busybox", PASS, None, ["node", "/npm-10.9.9/bin/npm-cli.js", "start"], needs="npm", way=PASS, **NPM),
    _case("node-run", FAIL, WRAPPER, ["node", "--run", "start"], grace=NEVER, **BROKEN_WRAPPER, **NPM),
    _node("master-leaves", FAIL, "workers-abandoned", "master"),
    _node("master-deaf", FAIL, DEAF, "deaf-master", grace=NEVER),
)  # fmt: skip
ENDS = (
    _node("grace-cut-off", FAIL, "grace-truncated", "drain", grace="500ms"),
    _node("grace-zero", FAIL, "grace-truncated", "drain", grace="0s"),
    _node("out-of-memory", FAIL, "oom-during-stop", "greedy", mem_limit="96m", memswap_limit="96m"),
    _node("exits-137", FAIL, "foreign-kill", "killed"),
    _case(
        "entrypoint-kills", FAIL, "foreign-kill",
        ["sh", "-c", f"{ORDERS_SH} & trap 'kill -9 $!; exit 137' TERM; wait; wait"],
    ),
    _node("kept-open", FAIL, "connections-hold-stop", "hold", grace=NEVER),
    _node("drains-too-long", FAIL, "drain-exceeds-grace", "linger", grace=NEVER),
    _node(
        "answers-too-late", FAIL, "drain-exceeds-grace", "drain", grace=NEVER, environment={"ANSWER_MS": "2500"},
    ),
    _case("nginx-quick", FAIL, "wrong-stop-signal", ["nginx"], environment={"STOP": "like-nginx"}),
    _case("nginx-quit", PASS, None, ["nginx"], environment={"STOP": "like-nginx"}, stop_signal="SIGQUIT"),
)  # fmt: skip
ROUTES = (
    _node("get-only", PASS, None, "drain", environment={"SERVE": "early"}),
    _case("worker", SKIP, None, ["sleep", "1000"], init=True, grace=NEVER, serves=False),
    _node("plain-tcp", OPEN, None, "drain", environment={"SERVE": "tcp"}),
    _node("mute", OPEN, None, "exit", environment={"SERVE": "mute"}),
    _node("tls", PASS, None, "drain", needs="tls", environment={"SERVE": "tls", "PORT": "8443"}),
    _node(
        "guarded", PASS, None, "drain", environment={"SERVE": "guarded", "TOKEN": "${TOKEN}"},
        **{"x-seatrial": {"headers": {"Authorization": "Bearer ${TOKEN}"}}},
    ),
)  # fmt: skip
CASES = (*PROGRAMS, *WAYS, *ENDS, *ROUTES)
