"""Configuration files that were edited after the containers that have them mounted were started.

A program reads its configuration when it starts, and a container keeps the old one of a file that an editor replaced.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any, NamedTuple

from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from seatrial.engine.observed import Snapshot
    from seatrial.stack import Stack

# What a container may write to itself is judged by its name: a database is newer than its container at any time.
_READ_AT_START = (".cfg", ".cnf", ".conf", ".env", ".ini", ".json", ".properties", ".toml", ".xml", ".yaml", ".yml")


class Edited(NamedTuple):
    """A service that runs with what a file was before."""

    service: str
    file: str

    def __str__(self) -> str:
        return f"{self.service} was started before {self.file} was edited: `restart --service {self.service}`"


def edited(stack: Stack, names: Iterable[str], snapshot: Snapshot, folder: str) -> tuple[Edited, ...]:
    """Of running containers of the services `names`; paths as seen from `folder`. Looks at nothing but times."""
    if not any(mark in stack.resolved for mark in ('"bind"', '"configs"', '"secrets"')):
        return ()
    model = stack.parsed()
    services = model.get("services") or {}
    found: dict[Edited, None] = {}
    for name in names:
        running = [c for c in snapshot.of(name) if c.state == "running"]
        began_ns = min((nanoseconds(c.started_at) for c in running if c.started_at), default=0)
        for file in _files(services.get(name) or {}, model) if began_ns else ():
            if _edited_ns(file) > began_ns:
                found[Edited(name, os.path.relpath(file, folder))] = None
    return tuple(found)


def _files(service: Mapping[str, Any], model: Mapping[str, Any]) -> Iterator[str]:
    for mount in service.get("volumes") or ():
        source = str(mount.get("source") or "")
        if mount.get("type") == "bind" and (mount.get("read_only") or source.endswith(_READ_AT_START)):
            yield source
    for kind in ("configs", "secrets"):
        for used in service.get(kind) or ():
            name = used["source"] if isinstance(used, dict) else used
            yield str(((model.get(kind) or {}).get(name) or {}).get("file") or "")


def _edited_ns(file: str) -> int:
    """0 where it is no regular file: what is in a folder is read when it is asked for, or watched."""
    try:
        status = os.stat(file)  # noqa: PTH116  a plain text
    except (OSError, ValueError):
        return 0
    return status.st_mtime_ns if stat.S_ISREG(status.st_mode) else 0
