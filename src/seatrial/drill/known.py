"""What a service is, by what it runs. Pure."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from seatrial.drill.kinds import KINDS, UNKNOWN, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BY_PROGRAM = {name: kind for kind in KINDS for name in kind.programs}
_BY_IMAGE = {name: kind for kind in KINDS for name in kind.images}
_BY_CLIENT = {name: kind for kind in KINDS for name in kind.clients}
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "busybox"})
# An image of a server is often used for a moment's work, or for nothing but its tools.
_OTHER_WORK = (
    _SHELLS | _BY_CLIENT.keys() | {"sleep", "tail", "true", "cat", "env", "pg_dump", "mysqldump", "python", "node"}
)
_EXECUTED = re.compile(r"(?:^|[;&\s])exec\s+([^\s;&|]+)")
_WRAPPERS = 4  # entrypoint, init and their options stand before the program


def kind_of(image: str, command: Sequence[str]) -> Kind:
    """By the program that `command` (entrypoint and arguments of PID 1) runs, else by the image's name.

    UNKNOWN for what is the project's own, as most services are.
    """
    words = [word for word in command if word]
    named = _BY_IMAGE.get(image.partition("@")[0].rpartition("/")[2].partition(":")[0], UNKNOWN)
    for program in _programs(words):
        if program in _BY_PROGRAM:
            kind = _BY_PROGRAM[program]
            # Relatives share a program: MariaDB's is called mysqld as well.
            return named if named.port == kind.port else kind
    if words and next(_arguments(words), "") in _OTHER_WORK:
        return UNKNOWN
    return named


def asked_by(client: str) -> Kind | None:
    """The kind that a program such as `pg_isready` asks."""
    return _BY_CLIENT.get(client)


def at_port(port: int) -> Kind:
    """What usually listens on a port, when nothing else is known; UNKNOWN where several kinds share it."""
    kinds = [kind for kind in KINDS if kind.port == port]
    return kinds[0] if kinds and all((k.http, k.blocks) == (kinds[0].http, kinds[0].blocks) for k in kinds) else UNKNOWN


def _programs(words: Sequence[str]) -> Iterator[str]:
    """What may be the server's program: the first words, or what a shell replaces itself with."""
    if words and PurePosixPath(words[0]).name in _SHELLS and "-c" in words[1:-1]:
        yield from (PurePosixPath(found).name for found in _EXECUTED.findall(words[words.index("-c") + 1]))
        return
    yield from (PurePosixPath(word).name.rstrip(":") for word in words[:_WRAPPERS] if not word.startswith("-"))


def _arguments(words: Sequence[str]) -> Iterator[str]:
    """The program itself, behind the image's entrypoint script."""
    names = [PurePosixPath(word).name for word in words]
    yield from (name for name in names if not name.endswith(("entrypoint.sh", "entrypoint", "-entrypoint")))
