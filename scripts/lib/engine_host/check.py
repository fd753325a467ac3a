"""What answers at an endpoint, and whether it is enough for this project."""

from __future__ import annotations

from engine_host.client import client_versions, find_program
from engine_host.http import Answer, get, speaks_http

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine_host.endpoint import Endpoint

API_OF_ENGINE_25 = (1, 44)
CLIENT_LIMIT_S = 20


def ask(endpoint: Endpoint, environment: Mapping[str, str]) -> Answer:
    """Ping the engine: over its socket, or with the docker client where only that can reach it (ssh://)."""
    return get(endpoint, "/_ping") if speaks_http(endpoint) else _ask_through_client(environment)


def _ask_through_client(environment: Mapping[str, str]) -> Answer:
    import json

    from process import TIMED_OUT, run

    client = find_program("docker", environment)
    if client is None:
        return Answer("strange", "only the docker client can reach it, and there is none")
    done = run([client, "version", "--format", "{{json .Server}}"], environment, CLIENT_LIMIT_S)
    try:
        server = json.loads(done.stdout or "null")
    except ValueError:
        return Answer("strange", "`docker version` gave no JSON")
    if not isinstance(server, dict):
        reason = (done.stderr.strip().splitlines() or ["`docker version` names no server"])[-1]
        return Answer("silent" if done.returncode == TIMED_OUT else "refused", reason)
    headers = {"server": f"Docker/{server.get('Version', '')}", "api-version": str(server.get("ApiVersion", ""))}
    return Answer("answers", status=200, headers=headers)


def engine_version(answer: Answer) -> str | None:
    """The engine's version text, as its ping names it: `Docker/26.1.5 (linux)` → `26.1.5`; another kind in full."""
    server = answer.headers.get("server", "")
    return (server.removeprefix("Docker/").split(" ")[0] if server.startswith("Docker/") else server) or None


def problems(answer: Answer, versions: Mapping[str, str | None]) -> list[str]:
    """All that is missing or too old, in words. Versions as `client_versions` gives them."""
    from engine_host.versions import problem_with

    found = [_engine_problem(answer)] if answer.state == "answers" else []
    if versions["client"] is None:
        return [text for text in [*found, "the docker client is missing"] if text]
    found += [problem_with(name, versions[name]) for name in ("compose", "buildx")]
    return [text for text in found if text]


def _engine_problem(answer: Answer) -> str | None:
    from engine_host.versions import parse_version, problem_with

    version = engine_version(answer)
    if answer.headers.get("server", "").startswith("Docker/"):
        return problem_with("engine", version)
    api = parse_version(answer.headers.get("api-version", ""))
    if api is not None and api >= API_OF_ENGINE_25:
        return None
    spoken = ".".join(map(str, api)) if api else "no API version"
    return f"the engine is {version or 'unnamed'} and speaks {spoken}; API 1.44 (Docker Engine 25) is needed"


def enough_at_once(endpoint: Endpoint, environment: Mapping[str, str]) -> bool:
    """The quick yes: the engine answers, and all versions are enough. No process is started if the client is known."""
    answer = ask(endpoint, environment)
    return answer.state == "answers" and not problems(answer, client_versions(environment))
