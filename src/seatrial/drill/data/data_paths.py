"""Which paths in a container hold data that somebody would miss, and which only what can be made again. Pure."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from seatrial.engine.attached import Mount
    from seatrial.engine.containers import Change

ADDED, CHANGED = "A", "C"

_DATA_NAME = re.compile(r".+\.(?:db3?|sqlite3?|s3db|mdb|ibd|rdb|aof|wt|duckdb)(?:-wal|-shm|-journal)?")
# Below /var/lib/NAME only: the folder itself is often touched by who looks after its owner.
_DATA_FOLDER = re.compile(r"/data/[^/]|/var/lib/[^/]+/[^/]|.*/(?:uploads?|attachments)/[^/]")
# Made again by whoever needs it: caches, run-time state, package databases, the servers' own scratch.
_REMADE = re.compile(
    r"/(?:tmp|run|dev|proc|sys|etc|lib|lib64|var/(?:tmp|run|cache|log|lock)|usr/(?:local/)?(?:lib|share|bin|sbin))/.*"
    r"|/var/lib/(?:apt|dpkg|apk|rpm|dnf|yum|pacman|systemd|misc|alternatives|ucf|pam|logrotate|ca-certificates|nginx"
    r"|php/sessions|dbus|polkit-1|sudo|update-rc\.d|insserv|python|xkb|texmf|ghostscript|locales)(?:/.*|\b.*)"
    r"|.*/(?:\.cache|\.npm|\.yarn|\.pnpm-store|\.pki|\.config|__pycache__|node_modules|site-packages|\.git)/.*"
    r"|.*/(?:Thumbs\.db|lost\+found)|.*\.(?:pid|lock|sock|log|tmp)"
)
# The engine puts them in itself: the init process of `init: true`, and what it mounts over.
_BY_ENGINE = re.compile(
    r"/\.dockerenv|(?:/usr)?/s?bin/(?:docker-init|tini-static)|/etc/(?:hosts|hostname|resolv\.conf|mtab)"
)


def own_files(changes: Sequence[Change], mounts: Iterable[Mount]) -> Iterator[Change]:
    """Added and changed paths that are no folders of others, no places of mounts, and not put in by the engine."""
    targets = tuple(mount.target.rstrip("/") for mount in mounts)
    written = [change for change in changes if change.kind in (ADDED, CHANGED)]
    folders = {str(parent) for change in written for parent in PurePosixPath(change.path).parents}
    for change in written:
        if _BY_ENGINE.fullmatch(change.path):
            continue
        if change.path not in folders and not any(_within(change.path, target) for target in targets):
            yield change


def is_data(path: str) -> bool:
    """Whether a file there is usually somebody's data."""
    if _REMADE.fullmatch(path):
        return False
    return bool(_DATA_NAME.fullmatch(PurePosixPath(path).name) or _DATA_FOLDER.match(path))


def folder_of(path: str) -> str:
    """Where a volume would have to be: `/var/lib/NAME`, `/data`, `.../uploads`, or the folder that it is in."""
    if found := re.match(r"/var/lib/[^/]+(?=/)|/data(?=/)", path):
        return found[0]
    if found := re.match(r".*?/(?:uploads?|attachments)(?=/)", path):
        return found[0]
    return str(PurePosixPath(path).parent)


def covering(path: str, mounts: Iterable[Mount]) -> Mount | None:
    """What is mounted over `path`: the innermost; None when it is in the container's own layer."""
    over = [mount for mount in mounts if _within(path, mount.target.rstrip("/"))]
    return max(over, key=lambda mount: len(mount.target), default=None)


def beside(path: str, mounts: Iterable[Mount]) -> Mount | None:
    """A mount that somebody wrote down, near `path`: below the same `/var/lib/NAME`, or the same first folder."""
    near = PurePosixPath(path).parts[: 4 if path.startswith("/var/") else 2]
    named = (m for m in mounts if m.kind in ("volume", "bind") and not m.anonymous)
    return next((m for m in named if PurePosixPath(m.target).parts[: len(near)] == near), None)


def _within(path: str, target: str) -> bool:
    return path == target or path.startswith(f"{target}/")
