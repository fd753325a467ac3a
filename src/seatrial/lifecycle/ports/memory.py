"""What is remembered of a checkout: which of its ports were moved to which. One folder for each, outside of it.

In the checkout it would stand in `git status`. In the cache it would go with the next cleaning, and the stack would
come back on other ports: it is state.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.kept import write
from seatrial.places import state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.project import Project

FORMAT = 1
OVERRIDE = "ports.yaml"
_RECORD = "checkout.json"


@dataclass(frozen=True, slots=True)
class Move:
    """A published port of a service: the number as it is `written` in the model, and the one that counts here."""

    service: str
    target: int
    written: str
    published: str
    host_ip: str = ""
    protocol: str = "tcp"

    @property
    def ports(self) -> range:
        first, _, last = self.published.partition("-")
        return range(int(first), int(last or first) + 1)

    @property
    def key(self) -> tuple[str, int, str, str, str]:
        """What it is a move of."""
        return (self.service, self.target, self.written, self.host_ip, self.protocol)


@dataclass(frozen=True, slots=True)
class Memory:
    """Of one checkout.

    Attributes:
        folder: of its first compose file; a memory of a folder that is gone counts for nothing.
        moves: none when the ports are to be as they are written.
        read: fingerprint of what the override was made from.
    """

    folder: str
    moves: tuple[Move, ...] = ()
    read: str = ""


def place(project: Project) -> Path:
    """The folder for the project, which is without its override here: for these files and this name."""
    name = project.name or os.environ.get("COMPOSE_PROJECT_NAME", "")
    real = project.directory.resolve()  # by whichever link the caller came
    files = (real / os.path.relpath(file, project.directory) for file in project.files)
    identity = "\0".join([str(real), *map(os.path.normpath, files), name])
    digest = hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return _all() / f"{project.root.name}-{digest}"


def load(project: Project) -> Memory | None:
    """What is remembered; None for nothing, or nothing that can be read."""
    return _load(place(project))


def save(project: Project, memory: Memory, override: str) -> None:
    """Remember it. Raises `OSError`."""
    folder = place(project)
    write(folder / OVERRIDE, override)
    write(folder / _RECORD, json.dumps({"format": FORMAT, **asdict(memory)}))


def elsewhere(project: Project) -> frozenset[int]:
    """The ports that other checkouts remember, whether they use them now or not."""
    own = place(project)
    memories = (memory for folder in _folders() if folder != own and (memory := _load(folder)))
    return frozenset(port for m in memories if Path(m.folder).is_dir() for move in m.moves for port in move.ports)


def _folders() -> Iterator[Path]:
    with suppress(OSError):
        yield from sorted(_all().iterdir())


def _all() -> Path:
    return state() / "checkouts"


def _load(folder: Path) -> Memory | None:
    try:
        with open(folder / _RECORD, "rb") as file:  # noqa: PTH123  every verb looks here
            told: dict[str, Any] = json.loads(file.read())
        if told["format"] != FORMAT:
            return None
        return Memory(told["folder"], tuple(Move(**move) for move in told["moves"]), told["read"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
