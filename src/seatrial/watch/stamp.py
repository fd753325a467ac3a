"""What tells that a path has changed."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import os


class Stamp(NamedTuple):
    """What tells that a path has changed; `kind` is `file`, `folder` or `link`, `mode` the permissions.

    Of a folder size and times are 0: they move with every name in it, and each of these has a stamp of its own.
    """

    kind: str
    mode: int
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


def stamp(seen: os.stat_result) -> Stamp | None:
    """The stamp of what was seen; None of what can be neither copied nor entered (sockets, pipes, devices)."""
    mode = seen.st_mode
    if stat.S_ISREG(mode):
        kind = "file"
    elif stat.S_ISDIR(mode):
        return Stamp("folder", stat.S_IMODE(mode), 0, 0, 0, seen.st_ino)
    elif stat.S_ISLNK(mode):
        kind = "link"
    else:
        return None
    return Stamp(kind, stat.S_IMODE(mode), seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino)
