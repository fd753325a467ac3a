"""Is there a proxy, and do engine, builds and containers know of it?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from seatrial import plugin
from seatrial.doctor.docker.info import SETTINGS
from seatrial.doctor.finding import Finding, ok, warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAMES = ("HTTPS_PROXY", "HTTP_PROXY")
_SELF = frozenset({"localhost", "127.0.0.1", "::1"})
_CLIENT_KEYS = ("httpsProxy", "httpProxy")


def ours(environ: Mapping[str, str]) -> dict[str, str]:
    """The proxies of the shell, by the names of the variables in capitals. Pure."""
    names = (*_NAMES, "NO_PROXY")
    return {name: found for name in names if (found := environ.get(name) or environ.get(name.lower()) or "")}


def of_client(environ: Mapping[str, str]) -> dict[str, str]:
    """What docker gives to builds and containers, by its own settings file; empty where there is none."""
    try:
        told = json.loads(Path(plugin.settings(environ)).read_text(encoding="utf-8"))
        return dict((told.get("proxies") or {}).get("default") or {})
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def judge(
    shell: Mapping[str, str], client: Mapping[str, str], engine: Mapping[str, str], settings: str = SETTINGS
) -> Iterator[Finding]:
    """What the shell, docker's settings for containers, and the engine say. No password of a proxy is passed on."""
    inside = [client[key] for key in _CLIENT_KEYS if client.get(key)]
    if any(urlsplit(address).hostname in _SELF for address in inside):
        yield warning(
            f"docker gives containers the proxy {shown(inside[0])}, which is each container itself",
            why="builds and services that go through it find nobody there",
            fix="name this machine's address on the docker network in ~/.docker/config.json (`proxies`), such as"
            " 172.17.0.1, and have the proxy listen there",
        )
        return
    proxy = next((shell[name] for name in _NAMES if shell.get(name)), "")
    if not proxy:
        known = next((address for address in (*inside, *engine.values()) if address), "")
        yield ok(f"no proxy in the shell; docker's settings name {shown(known)}" if known else "no proxy")
        return
    missing = [
        *([] if any(engine.get(name) for name in _NAMES) else ["the engine, which pulls images"]),
        *([] if inside else ["builds and containers"]),
    ]
    if missing:
        yield warning(
            f"the shell has the proxy {shown(proxy)}, and it is unknown to {' and to '.join(missing)}",
            why="where the proxy is the only way out, pulls and builds end in timeouts",
            fix='the engine: {"proxies": {"https-proxy": "URL", "no-proxy": "localhost,127.0.0.1"}} in'
            f" {settings}, then restart it\n"
            'builds and containers: {"proxies": {"default": {"httpsProxy": "URL"}}} in ~/.docker/config.json',
        )
    elif not _SELF & set(shell.get("NO_PROXY", "").replace(" ", "").split(",")):
        yield warning(
            "NO_PROXY names neither localhost nor 127.0.0.1",
            why="programs here ask the proxy for the ports that services publish",
            fix="export NO_PROXY=localhost,127.0.0.1",
        )
    else:
        yield ok(f"the proxy {shown(proxy)} is known to the engine, to builds and to containers")


def shown(address: str) -> str:
    """Without the name and password that it may hold. Pure."""
    return address.rsplit("@", 1)[-1] if "@" in address else address
