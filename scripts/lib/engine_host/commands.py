"""`scripts/engine status | ensure | stop`."""

from __future__ import annotations

import os

from engine_host.check import ask, engine_version, enough_at_once, problems
from engine_host.client import client_versions, find_program
from engine_host.endpoint import Endpoint, resolve_endpoint
from failure import DONE, NO_ENGINE, USAGE, Failure
from paths import read_text
from talk import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine_host.http import Answer

USAGE_TEXT = """usage: scripts/engine ensure          install and start a Docker engine where none answers (the default)
       scripts/engine status [--json] versions, endpoint, whether it was started here; exit 4 if it is not enough
       scripts/engine stop            end the engine, if it was started here"""


def main(arguments: list[str]) -> int:
    """Run one command; its exit code."""
    environment = dict(os.environ)
    match arguments:
        case [] | ["ensure"]:
            return ensure(environment)
        case ["status"] | ["status", "--json"]:
            return status(environment, as_json=len(arguments) == 2)
        case ["stop"]:
            return stop(environment)
        case ["-h" | "--help" | "help"]:
            print(USAGE_TEXT)
            return DONE
    raise Failure(f"scripts/engine does not know `{' '.join(arguments)}`", USAGE_TEXT, USAGE)


def ensure(environment: Mapping[str, str]) -> int:
    """See to an engine that answers and is new enough. One that answers is never touched."""
    endpoint = resolve_endpoint(environment, read_text)
    if enough_at_once(endpoint, environment):
        return DONE
    from engine_host.bring_up import bring_up

    bring_up(endpoint, environment)
    return DONE


def status(environment: Mapping[str, str], as_json: bool) -> int:
    """Print what there is, whatever its state."""
    endpoint = resolve_endpoint(environment, read_text)
    answer = ask(endpoint, environment)
    facts = _facts(endpoint, answer, environment)
    if as_json:
        import json

        print(json.dumps(facts, indent=2))
    else:
        print(_table(facts))
    wrong = facts["problems"]
    return NO_ENGINE if wrong or answer.state != "answers" else DONE


def _facts(endpoint: Endpoint, answer: Answer, environment: Mapping[str, str]) -> dict[str, object]:
    versions = client_versions(environment)
    facts: dict[str, object] = {
        "state": answer.state,
        "detail": answer.detail,
        "endpoint": endpoint.url,
        "source": endpoint.source,
        "engine": engine_version(answer),
        "api": answer.headers.get("api-version"),
        "client": versions["client"],
        "client_path": find_program("docker", environment),
        "compose": versions["compose"],
        "buildx": versions["buildx"],
    }
    return facts | _ownership(endpoint) | {"problems": problems(answer, versions)}


def _ownership(endpoint: Endpoint) -> dict[str, object]:
    from engine_host import dockerd, systemd

    child = dockerd.own_pid() if endpoint.is_own else None
    by_systemd = child is None and endpoint.is_own and systemd.started_here()
    pid = child or (systemd.main_pid() if by_systemd else None)
    log = dockerd.LOG_FILE if child else f"journalctl -u {systemd.UNIT}" if by_systemd else None
    return {"started_here": pid is not None, "pid": pid, "log": log}


def _table(facts: Mapping[str, object]) -> str:
    named = {
        **facts,
        "engine": facts["engine"] if facts["state"] == "answers" else f"{facts['state']}: {facts['detail']}",
    }
    rows = [(name, named[name]) for name in ("engine", "api", "compose", "buildx", "client")]
    rows.append(("endpoint", f"{facts['endpoint']} ({facts['source']})"))
    rows.append(("started here", f"yes, pid {facts['pid']}, log {facts['log']}" if facts["started_here"] else "no"))
    wrong = facts["problems"]
    rows += [("problem", text) for text in wrong] if isinstance(wrong, list) else []
    return "\n".join(f"{name:<13} {'-' if value is None else value}" for name, value in rows)


def stop(environment: Mapping[str, str]) -> int:
    """End the engine if it was started here; say so where there is nothing to end."""
    from engine_host import dockerd, systemd
    from engine_host.bring_up import locked

    endpoint = resolve_endpoint(environment, read_text)
    if dockerd.own_pid() is None and not systemd.started_here():
        runs = ask(endpoint, environment).state == "answers"
        say(
            f"the engine at {endpoint.url} was not started here: left alone"
            if runs
            else "no engine started here is running"
        )
        return DONE
    if os.geteuid() != 0:
        raise Failure("only root can stop the engine that root started", "sudo scripts/engine stop")
    with locked():
        pid = dockerd.own_pid()
        if pid is not None:
            dockerd.stop(pid)
            say(f"dockerd (pid {pid}) stopped")
        elif systemd.started_here():
            systemd.stop()
            say(f"{systemd.UNIT} stopped")
    return DONE
