"""Which secrets were built into an image, and an image without them: what is recorded must not hold any. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from seatrial.env.known import is_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.engine.images import Image

HIDDEN, HIDDEN_PATH = "***", "/***"
_BASE_LABELS = "org.opencontainers.image.base."
_LONGEST = 300
_ASSIGNED = re.compile(r"(?P<name>(?<![\w$-])[A-Za-z_][\w.-]*)=(?P<value>\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s;&|]+)")
_HEADER = re.compile(r"(?P<name>Authorization|X-[\w-]*(?:Token|Key)):\s*[^\"'\r\n]+", re.IGNORECASE)
_PASSWORD_IN_URL = re.compile(r"(?P<before>[a-z][a-z0-9+.-]*://[^/\s:@]*:)[^/\s@]+(?=@)", re.IGNORECASE)
_OPTION = re.compile(r"(?P<name>--?[\w-]*(?:password|passwd|secret|token)[\w-]*[ =])\S+", re.IGNORECASE)
# What says nothing about anybody: switches, numbers, what a variable would stand for.
_HARMLESS = re.compile(r"true|false|yes|no|on|off|none|null|\d{1,6}|\$.*|.{0,2}", re.IGNORECASE)
_PATH = re.compile(r"/[\w./@-]*")
# Keys that everybody may know, and words that only look like secrets.
_PUBLIC = re.compile(r"GPG|PGP|PUBLIC|KEY_?IDS?$|KEYRING|FINGERPRINT|AUTHOR|_(?:FILE|PATH|DIR|URL|TTL)$", re.IGNORECASE)
# `ENV A=b`, `ARG A=b` and, before a RUN, the arguments that it was given: `|2 A=b C=d /bin/sh -c ...`.
_INSTRUCTION = re.compile(r"(?:/bin/sh -c #\(nop\)\s+)?(?P<kind>ENV|ARG)\s|(?:RUN )?\|(?P<count>\d+) ")
_COPIED = re.compile(r"(?:/bin/sh -c #\(nop\)\s+)?(?:COPY|ADD)\s")
_SECRET_FILES = frozenset(
    {".env", ".env.local", "id_rsa", "id_ed25519", "id_ecdsa", ".netrc", ".git-credentials", ".pgpass"}
)


def cleaned(image: Image) -> Image:
    """The image with `***` for what is secret in its environment and its history, and without what nobody judges."""
    labels = {name: text for name, text in (image.labels or {}).items() if name.startswith(_BASE_LABELS)}
    layers = tuple(replace(layer, made_by=without_secrets(layer.made_by)[:_LONGEST]) for layer in image.layers)
    environment = tuple(_variable(pair) for pair in image.environment)
    return replace(image, environment=environment, labels=labels, layers=layers)


def without_secrets(text: str) -> str:
    """An instruction of a Dockerfile, without the values that are secret by their names, and passwords in URLs."""
    text = _PASSWORD_IN_URL.sub(rf"\g<before>{HIDDEN}", text)
    text = _HEADER.sub(rf"\g<name>: {HIDDEN}", text)
    text = _OPTION.sub(rf"\g<name>{HIDDEN}", text)
    return _ASSIGNED.sub(lambda found: f"{found['name']}={_shown(found['name'], found['value'])}", text)


def secrets(image: Image) -> Iterator[str]:
    """Where secrets are, in words, each once; of an image that is `cleaned`."""
    found: dict[str, None] = {}
    for pair in image.environment:
        name, _, value = pair.partition("=")
        if _is_one(name, value):
            found[f"ENV {name}"] = None
    for layer in image.layers:
        for where in _in_history(layer.made_by):
            found[where] = None
    # What an ENV instruction has set stands in the environment, too.
    yield from found


def _in_history(made_by: str) -> Iterator[str]:
    if _COPIED.match(made_by):
        names = [PurePosixPath(word).name for word in made_by.split()]
        yield from (f"COPY {name}" for name in names if name in _SECRET_FILES)
    instruction = _INSTRUCTION.match(made_by)
    if not instruction:
        return
    pairs = list(_ASSIGNED.finditer(made_by[instruction.end() :]))
    if instruction["count"]:
        pairs = pairs[: int(instruction["count"])]
    kind = instruction["kind"] or "ARG"
    yield from (f"{kind} {pair['name']}" for pair in pairs if _is_one(pair["name"], pair["value"]))


def _is_one(name: str, value: str) -> bool:
    if value.strip("\"'") == HIDDEN:
        return not _PUBLIC.search(name)
    return f":{HIDDEN}@" in value


def _variable(pair: str) -> str:
    name, _, value = pair.partition("=")
    shown = _shown(name, value)
    return f"{name}={shown if shown != value else without_secrets(value)}"


def _shown(name: str, value: str) -> str:
    plain = value.strip("\"'")
    if not is_secret(name, None) or _HARMLESS.fullmatch(plain):
        return value
    return HIDDEN_PATH if _PATH.fullmatch(plain) else HIDDEN
