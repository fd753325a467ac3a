"""The ports of a checkout as they were moved: laid over the project for every verb, renewed when its files change."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.errors import SeatrialError
from seatrial.lifecycle.ports.memory import OVERRIDE, Memory, load, place, save

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from seatrial.engine import Engine
    from seatrial.project import Project
    from seatrial.stack import Stack

_VARIABLE = re.compile(rb"\$\{?([A-Za-z_]\w*)")
# What a port is made of, and nothing that may carry a secret: `- "${WEB:-80}:80"`, `published: ${WEB}`.
_OF_A_PORT = re.compile(rb"""^\s*(?:ports:|published:|host_ip:|-)[\s\w.$\{\}:?\-\[\]/'",]*$""")
# Files that these name are not known to us: they may have changed.
_ELSEWHERE = re.compile(rb"^\s*(?:include|extends)\b", re.MULTILINE)


def applied(project: Project, engine: Callable[[], Engine], environ: Mapping[str, str]) -> Project:
    """The project with its moved ports laid over it; the project itself when none is moved."""
    memory = load(project)
    override = place(project) / OVERRIDE
    if memory is None or not memory.moves or override in project.files:
        return project
    read = fingerprint(project, environ)
    if not read or read != memory.read or not override.is_file():
        # While Compose refuses the project the verb itself says why.
        with suppress(SeatrialError, OSError):
            remember(project, plain_model(project, engine()), replace(memory, read=read))
    return replace(project, files=(*project.files, override)) if override.is_file() else project


def plain_model(project: Project, engine: Engine) -> Stack:
    """The model with its ports as they are written, with all services: the next call may ask for other profiles."""
    return engine.stack(replace(project, profiles=("*",)))


def remember(project: Project, plain: Stack, memory: Memory) -> None:
    """Write memory and override, for a model without the override. Raises `OSError`."""
    from seatrial.lifecycle.ports.override import text

    save(project, memory, text(plain.resolved or "{}", memory.moves, memory.folder))


def fingerprint(project: Project, environ: Mapping[str, str]) -> str:
    """Of what the ports are made of; "" when there are files that we do not know. No value of an env file is in it."""
    whole = hashlib.sha256()
    for file in project.files:
        try:
            text = file.read_bytes()
        except OSError:
            return ""
        if _ELSEWHERE.search(text):
            return ""
        whole.update(text)
        for name in sorted(set(_names(text))):
            whole.update(f"{name}={environ.get(name, '')}\0".encode("utf-8", "surrogateescape"))
    for file in (*project.env_files, project.directory / ".env"):
        whole.update(_stamp(file).encode())
    return whole.hexdigest()


def _names(text: bytes) -> Iterator[str]:
    for line in text.splitlines():
        if b"$" in line and _OF_A_PORT.match(line):
            yield from (name.decode() for name in _VARIABLE.findall(line))


def _stamp(file: Path) -> str:
    try:
        status = file.stat()
    except OSError:
        return "absent"
    return f"{status.st_mtime_ns} {status.st_size} {status.st_ino}"
