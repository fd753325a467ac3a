"""What lies over a path of a container. Pure, string work only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.engine.attached import Mount

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TMPFS = "tmpfs"
BIND = "bind"
# Every container has these; an archive goes under them, where nobody sees it.
_OWN = (Mount(TMPFS, "/dev"), Mount(TMPFS, "/proc", writable=False), Mount(TMPFS, "/sys", writable=False))


def over(path: str, mounts: Sequence[Mount]) -> Mount | None:
    """The innermost mount that the path is in, or is the root of."""
    found = [mount for mount in (*_OWN, *mounts) if covers(mount.target, path)]
    return max(found, key=lambda mount: len(mount.target), default=None)


def below(path: str, mounts: Iterable[Mount]) -> Mount | None:
    """A mount at the path or somewhere below it: who removes the path empties it."""
    return next((mount for mount in mounts if covers(path, mount.target)), None)


def covers(folder: str, path: str) -> bool:
    """Whether the path is the folder or lies in it."""
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")
