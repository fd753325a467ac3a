"""Which route a health check asks, read from its command. Pure.

What the command says is what the container sees: variables in it are those of its environment, and only what is asked
of the container itself counts.
"""

from __future__ import annotations

import base64
import itertools
import re
import shlex
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from seatrial.drill.service.health_script import filled_in, port_and_path
from seatrial.drill.service.known import asked_by
from seatrial.env_syntax.dollars import expanded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Asked:
    """A route. `program` asks it, for the report; the rest may hold secrets."""

    program: str
    port: int
    http: bool = True
    tls: bool = False
    path: str = field(default="/", repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


_LOOPBACK = r"(?:localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\])"
_URL = re.compile(r"\b(https?)://([^\s'\"`/?#|;&<>()]+)([^\s'\"`|;<>()\\]*)")
_BARE = re.compile(rf"^({_LOOPBACK}(?::\d+)?)(/\S*)?$")
_DEV_TCP = re.compile(r"/dev/tcp/([^/\s]+)/(\d+)")
_HOST_PORT = re.compile(rf"{_LOOPBACK}:(\d+)")
_FETCHERS = frozenset({"curl", "wget", "http", "https", "xh", "httpie"})
_CONNECTORS = frozenset({"nc", "ncat", "netcat", "telnet"})
_PORT_OPTIONS = ("-p", "-P", "--port")
_SHELLS = frozenset({"sh", "bash", "ash", "dash"})
_INTERPRETERS = ("node", "python", "python3", "ruby", "php", "perl", "deno", "bun")
_SENDS_A_BODY = frozenset(
    {"-d", "--data", "--data-raw", "--data-binary", "--json", "-F", "--form", "-T", "--post-data"}
)
_SEPARATORS = ";&|()"
_HIGHEST_PORT = 65535


def asked(test: Sequence[str], environment: Mapping[str, str], names: Sequence[str] = ()) -> tuple[Asked, ...]:
    """The routes in the check's command, in order. `names` are what the container is called on its networks."""
    found: list[Asked] = []
    for words in _commands(test, environment):
        found += [*_over_http(words, names), *_over_tcp(words, environment, names)]
    return tuple(dict.fromkeys(route for route in found if 0 < route.port <= _HIGHEST_PORT))


def _commands(test: Sequence[str], environment: Mapping[str, str]) -> Iterator[list[str]]:
    """The simple commands of the check, word by word."""
    kind, *words = test or ("NONE",)
    text = " ".join(words) if kind == "CMD-SHELL" else ""
    if kind == "CMD" and len(words) > 2 and PurePosixPath(words[0]).name in _SHELLS and words[1].startswith("-"):
        text = words[2]
    tokens = _tokens(expanded(text, environment.get)) if text else words
    for between, group in itertools.groupby(tokens, lambda token: bool(text) and not token.strip(_SEPARATORS)):
        if not between:
            yield [filled_in(word, environment) for word in group]


def _tokens(text: str) -> list[str]:
    """As a shell would read them; what it cannot read is taken apart at the blanks."""
    reader = shlex.shlex(text, posix=True, punctuation_chars=True)
    reader.whitespace_split, reader.commenters = True, ""
    try:
        return list(reader)
    except ValueError:
        return text.split()


def _over_http(words: Sequence[str], names: Sequence[str]) -> Iterator[Asked]:
    programs = {PurePosixPath(word).name for word in words}
    fetcher = next((name for name in (PurePosixPath(word).name for word in words) if name in _FETCHERS), "")
    # Another question than a plain GET would not be the same route.
    if fetcher and (not _SENDS_A_BODY.isdisjoint(word.split("=")[0] for word in words) or "--unix-socket" in words):
        return
    headers = tuple(_headers(words)) if fetcher else ()
    shown = fetcher or next((name for name in _INTERPRETERS if name in programs), PurePosixPath(words[0]).name)
    for word in words:
        for scheme, authority, rest in _URL.findall(word):
            if route := _route(shown, f"{scheme}://{authority}{rest}", headers, names):
                yield route
        bare = _BARE.match(word) if fetcher else None
        if bare and (route := _route(shown, f"http://{bare[1]}{bare[2] or ''}", headers, names)):
            yield route
        if shown in _INTERPRETERS and not _URL.search(word) and (named := port_and_path(word)):
            yield Asked(shown, named[0], path=named[1])


def _route(program: str, url: str, headers: tuple[tuple[str, str], ...], names: Sequence[str]) -> Asked | None:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    # An empty port is a variable that was not found.
    if not _own(parts.hostname or "", names) or parts.netloc.endswith(":"):
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.username is not None:
        pair = f"{parts.username}:{parts.password or ''}".encode()
        headers = (*headers, ("Authorization", f"Basic {base64.b64encode(pair).decode()}"))
    if not any(name.lower() == "host" for name, _ in headers):
        # Frameworks that check it know the name that their own health check uses.
        headers = (*headers, ("Host", parts.netloc.rpartition("@")[2]))
    return Asked(program, port, tls=parts.scheme == "https", path=path, headers=headers)


def _headers(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word in ("-H", "--header"):
            line = following
        elif word.startswith("--header="):
            line = word.partition("=")[2]
        elif word in ("-u", "--user") and ":" in following:
            line = f"Authorization: Basic {base64.b64encode(following.encode()).decode()}"
        else:
            continue
        name, colon, text = line.partition(":")
        if colon and name.strip() and text.strip():
            yield name.strip(), text.strip()


def _over_tcp(words: Sequence[str], environment: Mapping[str, str], names: Sequence[str]) -> Iterator[Asked]:
    for index, word in enumerate(words):
        program = PurePosixPath(word).name
        rest = words[index + 1 :]
        for host, port in _DEV_TCP.findall(word):
            if _own(host, names):
                yield Asked("bash", int(port), http=False)
        if program in _CONNECTORS:
            pairs = itertools.pairwise(rest)
            yield from (
                Asked(program, int(port), http=False) for host, port in pairs if _own(host, names) and port.isdigit()
            )
        elif program == "grpc_health_probe":
            ports = (re.search(r"-addr[= ]\S*?:(\d+)", " ".join(rest)),)
            yield from (Asked(program, int(found[1]), http=False) for found in ports if found)
        elif (kind := asked_by(program)) and not kind.http:
            told = environment.get("PGPORT", "") if kind.name == "postgres" else ""
            port = _option(rest) or _after_host(rest) or told
            yield Asked(program, int(port) if port.isdigit() else kind.port, http=False)


def _option(words: Sequence[str]) -> str:
    for word, following in zip(words, [*words[1:], ""], strict=True):
        name, _, text = word.partition("=")
        if name in _PORT_OPTIONS and (text or following).isdigit():
            return text or following
    return ""


def _after_host(words: Sequence[str]) -> str:
    found = _HOST_PORT.search(" ".join(words))
    return found[1] if found else ""


def _own(host: str, names: Sequence[str]) -> bool:
    return bool(re.fullmatch(_LOOPBACK, host)) or host in ("::1", "::", *names)
