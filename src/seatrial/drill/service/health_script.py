"""Scripts inside of a health check, as `node -e` and `python -c` take them: where they put a port and a path. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# What scripts write where a port stands: node's, Python's and their defaults.
_IN_SCRIPT = re.compile(
    r"process\.env(?:\.(?P<node>\w+)|\[['\"](?P<quoted>\w+)['\"]\])(?:\s*(?:\|\||\?\?)\s*['\"]?(?P<else>\d+)['\"]?)?"
    r"|os\.(?:getenv|environ\.get)\(\s*['\"](?P<python>\w+)['\"]\s*(?:,\s*['\"]?(?P<default>\d+)['\"]?)?\s*\)"
    r"|os\.environ\[['\"](?P<item>\w+)['\"]\]"
)
_JOINED = re.compile(r"['\"`]\s*\+\s*\(?\s*(?:str\()?\s*(\d+)\s*\)*\s*\+\s*['\"`]|\$?\{\(?\s*(\d+)\s*\)?\}")
_SCRIPT_PORT = re.compile(r"\bport['\"]?\s*[:=]\s*['\"]?(\d+)|HTTPS?Connection\(\s*['\"][^'\"]+['\"]\s*,\s*(\d+)")
_SCRIPT_PATH = re.compile(r"\bpath['\"]?\s*[:=]\s*['\"](/[^'\"]*)|request\(\s*['\"]GET['\"]\s*,\s*['\"](/[^'\"]*)")


def filled_in(word: str, environment: Mapping[str, str]) -> str:
    """A script with the environment's values for its look-ups, and the strings around them joined."""

    def value(found: re.Match[str]) -> str:
        name = next(filter(None, (found["node"], found["quoted"], found["python"], found["item"])))
        return environment.get(name) or found["else"] or found["default"] or ""

    return _JOINED.sub(lambda found: found[1] or found[2], _IN_SCRIPT.sub(value, word))


def port_and_path(script: str) -> tuple[int, str] | None:
    """Of a request that is put together from options, as `http.get({port: 80, path: "/"})` is."""
    port = _SCRIPT_PORT.search(script)
    if not port:
        return None
    path = _SCRIPT_PATH.search(script)
    return int(port[1] or port[2]), (path[1] or path[2]) if path else "/"
