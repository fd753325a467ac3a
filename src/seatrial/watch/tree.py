"""What counts below the roots, as last seen."""

from __future__ import annotations

from typing import NamedTuple


class Stamp(NamedTuple):
    """What tells that a path has changed; `kind` is `file`, `folder` or `link`, `mode` the permissions."""

    kind: str
    mode: int
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
