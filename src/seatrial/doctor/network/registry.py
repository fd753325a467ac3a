"""Can the images that are missing here be pulled? The engine is asked, for it pulls; nothing is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from seatrial.doctor.finding import Finding, failure, ok
from seatrial.engine.api.connection import Connections, Refused
from seatrial.engine.api.endpoint import socket_path
from seatrial.engine.child import answer
from seatrial.engine.requests import requests
from seatrial.errors import EngineUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ANSWER_S = 8.0
_WHY = "`up` has to pull it, or build on it, before anything is started"


@dataclass(frozen=True, slots=True)
class Missing:
    """An image that is not here; `refused` is what its registry, or the way there, said; "" when it can be had."""

    name: str
    refused: str = ""


def present(environ: Mapping[str, str], names: Iterable[str]) -> dict[str, dict[str, object]]:
    """By name, what the engine tells of those images that are here."""
    found = requests(environ)
    wanted = sorted(set(names))
    told: dict[str, dict[str, object]] = {}
    for name in wanted:  # one by one: an answer does not say which name it is for
        items = json.loads(found.images([name]) or "[]")
        if items:
            told[name] = items[0]
    return told


def looked(environ: Mapping[str, str], names: Iterable[str]) -> tuple[Missing, ...]:
    """Ask for the first of each registry only: the others stand and fall with it."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(registry(name), name)
    path = socket_path(environ)
    return tuple(Missing(name, _asked(path, name)) for name in first.values())


def registry(name: str) -> str:
    """The host that an image's name begins with; "" for the usual hub. Pure."""
    head, slash, _ = name.partition("/")
    return head if slash and ("." in head or ":" in head or head == "localhost") else ""


def judge(missing: Iterable[str], asked: Iterable[Missing], stand_in: str = "") -> Iterator[Finding]:
    """`missing` images, those that were `asked` for, and the command that makes a base image where there is no hub."""
    wanted = sorted(set(missing))
    if not wanted:
        yield ok("every image that the project needs is here or can be built from what is")
        return
    bad = [one for one in asked if one.refused]
    if not bad:
        yield ok(f"to be pulled, and there: {', '.join(wanted)}")
    for one in bad:
        what, fix = _meaning(one, stand_in)
        others = [name for name in wanted if name != one.name and registry(name) == registry(one.name)]
        also = (f"missing too, from the same place: {', '.join(others)}",) if others else ()
        yield failure(what, why=_WHY, fix=fix, notes=(one.refused, *also))


def _meaning(one: Missing, stand_in: str) -> tuple[str, str]:
    words = one.refused.lower()
    image = f"the image {one.name} is not here, and"
    if "toomanyrequests" in words or "rate limit" in words or "429" in words:
        return (
            f"{image} its registry answers no more: too many pulls",
            "docker login (there is more for who is known)\n"
            + (f"or make a stand-in: {stand_in}" if stand_in else "or wait an hour, or pull through a mirror"),
        )
    if "x509" in words or "certificate" in words:
        host = registry(one.name) or "REGISTRY"
        return f"{image} the engine does not trust its registry's certificate", (
            f"give the engine the authority: /etc/docker/certs.d/{host}/ca.crt for this registry alone, or add it to"
            " the trusted ones of the engine's machine and restart the engine"
        )
    if "denied" in words or "unauthorized" in words or "401" in words or "403" in words:
        return f"{image} its registry gives it to nobody unknown, or has none of that name", (
            f"docker login {registry(one.name)}".rstrip() + ", or correct the name"
        )
    if "not found" in words or "manifest unknown" in words:
        return f"{image} its registry has none of that name", "correct the name or the tag"
    fix = "see to the network, the proxy (check `proxy`) or a mirror of the registry"
    return f"{image} its registry cannot be reached", (
        f"make a stand-in that needs no registry: {stand_in}\nor {fix}"
        if stand_in
        else f"{fix}\nor load it from a machine that has it: docker save {one.name} | ssh THIS docker load"
    )


def _asked(path: str | None, name: str) -> str:
    """The engine's words; "" when it could have the image."""
    if path is None:  # only the client gets to this engine: then the client asks the registry itself
        done = answer(["manifest", "inspect", name], limit_s=ANSWER_S)
        return done.stderr.strip() if done.returncode else ""
    try:
        Connections(path).request("GET", f"/distribution/{quote(name)}/json", limit_s=ANSWER_S)
    except Refused as refused:
        return str(refused)
    except EngineUnreachable:  # the engine waits for the registry longer than we do
        return f"no answer within {ANSWER_S:g} s"
    return ""
