"""What a service is, by what it runs. Pure."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from seatrial.drill.service.kinds import KINDS, UNKNOWN, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

_BY_PROGRAM = {name: kind for kind in KINDS for name in kind.programs}
_BY_IMAGE = {name: kind for kind in KINDS for name in kind.images}
_BY_CLIENT = {name: kind for kind in KINDS for name in kind.clients}
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "busybox"})
# An image of a server is often used for a moment's work, or for nothing but its tools.
_OTHER_WORK = _BY_CLIENT.keys() | {"sleep", "tail", "true", "cat", "env", "pg_dump", "mysqldump", "python", "node"}
_INITS = frozenset({"tini", "dumb-init", "docker-init", "catatonit", "env", "exec"})
_AS_USER = frozenset({"gosu", "su-exec", "setpriv", "runuser"})
# A command of a shell text begins there.
_BEGUN = re.compile(r"(?:^|[;&|({])\s*(?:\S*entrypoint(?:\.sh)?\s+)?([^\s;&|(){}]+)")
_EXECUTED = re.compile(r"(?:^|[;&\s])exec\s+([^\s;&|]+)")


def kind_of(image: str, command: Sequence[str]) -> Kind:
    """By the program that `command` (entrypoint and arguments of PID 1) runs, else by the image's name.

    UNKNOWN for what is the project's own, as most services are.
    """
    named = _BY_IMAGE.get(image.partition("@")[0].rpartition("/")[2].partition(":")[0], UNKNOWN)
    program = _program([word for word in command if word])
    if program in _BY_PROGRAM:
        kind = _BY_PROGRAM[program]
        # Relatives share a program: MariaDB's is called mysqld as well.
        return named if named.port == kind.port else kind
    if program in _SHELLS:
        begun = {PurePosixPath(word).name for text in command for word in _BEGUN.findall(text)}
        return named if begun.intersection(named.programs) else UNKNOWN
    return UNKNOWN if program in _OTHER_WORK else named


def asked_by(client: str) -> Kind | None:
    """The kind that a program such as `pg_isready` asks."""
    return _BY_CLIENT.get(client)


def at_port(port: int) -> Kind:
    """What usually listens on a port, when nothing else is known; UNKNOWN where kinds share it in different ways."""
    kinds = [kind for kind in KINDS if kind.port == port]
    alike = len({(kind.http, kind.blocks) for kind in kinds}) == 1
    return kinds[0] if alike else UNKNOWN


def _program(words: Sequence[str]) -> str:
    """The name of what is run in the end: behind entrypoint script, init and change of user, or out of a shell."""
    for index, word in enumerate(words):
        name = PurePosixPath(word).name.rstrip(":")
        if name in _SHELLS and "-c" in words[index + 1 : -1]:
            found = _EXECUTED.findall(words[words.index("-c") + 1])
            return PurePosixPath(found[-1]).name if found else name
        before = PurePosixPath(words[index - 1]).name if index else ""
        passes_on = name in _INITS or name in _AS_USER or before in _AS_USER or name.startswith("-")
        if not passes_on and not name.endswith(("entrypoint.sh", "entrypoint")):
            return name
    return ""
