"""Which socket the docker client talks to, found as the client finds it; None when only the client can get there."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from seatrial import plugin

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNIX = "unix://"
_DEFAULT = "unix:///var/run/docker.sock"


def socket_path(environ: Mapping[str, str]) -> str | None:
    """The Unix socket. None for ssh, TCP, TLS, and where `docker` is a script, which may talk to anything."""
    if not plugin.plain_client(environ):
        return None
    try:
        host = environ.get("DOCKER_HOST") or _of_context(environ)
    except (OSError, ValueError, AttributeError, TypeError):
        return None
    path = host.removeprefix(_UNIX)
    return path if host.startswith(_UNIX) and path.startswith("/") else None


def far(environ: Mapping[str, str]) -> str:
    """The name of the machine that the engine is on, when it is another one than this; "" when it is not.

    Addresses of its containers mean nothing here, or those of others.
    """
    try:
        name = urlsplit(environ.get("DOCKER_HOST") or _of_context(environ)).hostname
    except (OSError, ValueError, AttributeError, TypeError, KeyError):
        return ""
    return "" if name is None or name == "localhost" or name.startswith("127.") or name == "::1" else name


def _of_context(environ: Mapping[str, str]) -> str:
    settings = Path(plugin.settings(environ))
    name = environ.get("DOCKER_CONTEXT")
    if not name and settings.exists():
        name = json.loads(settings.read_text()).get("currentContext")
    if not name or name == "default":
        return _DEFAULT
    folder = settings.parent / "contexts" / "meta" / hashlib.sha256(os.fsencode(name)).hexdigest()
    host = json.loads((folder / "meta.json").read_text())["Endpoints"]["docker"]["Host"]
    return str(host)
