"""What a container has of the host's folders already. Pure but for looks at the disk: links are followed."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.composed import undoubled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Where Compose puts configs and secrets whose target is no whole path.
_FOLDERS = {"configs": "/", "secrets": "/run/secrets"}


def binds(model: Mapping[str, Any], project: Mapping[str, Any] | None = None) -> dict[str, str]:
    """The bind mounts of a service: by path in the container, the one on the host with links followed.

    Configs and secrets that are files are mounted so, too; `project` is the whole model, which tells where they are.
    """
    found = {
        posixpath.normpath(undoubled(volume["target"])): os.path.realpath(undoubled(volume["source"]))
        for volume in model.get("volumes") or ()
        if volume.get("type") == "bind" and volume.get("source") and volume.get("target")
    }
    for kind, folder in _FOLDERS.items():
        known = (project or {}).get(kind) or {}
        for one in model.get(kind) or ():
            file = (known.get(one.get("source")) or {}).get("file")
            if file:
                target = undoubled(one.get("target") or one["source"])
                found[posixpath.normpath(posixpath.join(folder, target))] = os.path.realpath(undoubled(file))
    return found


def closed(model: Mapping[str, Any], path: str) -> str:
    """The mount that a path of the container is in, where that cannot be written to; "" where it can."""
    mounts = {
        posixpath.normpath(undoubled(volume["target"])): bool(volume.get("read_only"))
        for volume in model.get("volumes") or ()
        if volume.get("target")
    }
    innermost = max((target for target in mounts if relative(target, path) is not None), key=len, default="")
    return innermost if mounts.get(innermost) else ""


def single(binds: Mapping[str, str], path: str) -> bool:
    """Whether a path of the host is mounted as a single file. Looks at the disk.

    Such a mount goes on to show the file that it was made of when another one takes its name, as editors and git do.
    """
    return path in binds.values() and Path(path).is_file()


def seen(binds: Mapping[str, str], path: str, target: str) -> frozenset[str]:
    """The paths at or below `path` that a mount shows in the container, just where a sync to `target` would put them.

    To send them would be to write the host's own files, with another owner, and to be woken by that again.
    """
    return frozenset(_seen(binds, path, target))


def _seen(binds: Mapping[str, str], path: str, target: str) -> Iterator[str]:
    for inside, source in binds.items():
        above, below = relative(source, path), relative(path, source)
        if above is not None and posixpath.normpath(posixpath.join(inside, above)) == target:
            yield path
        elif below is not None and posixpath.normpath(posixpath.join(target, below)) == inside:
            yield source


def elsewhere(binds: Mapping[str, str], target: str, seen: Iterable[str]) -> str:
    """The folder of the host that a sync to `target` would write to through a mount; "" where there is none."""
    for inside, source in sorted(binds.items(), reverse=True):
        if relative(inside, target) is not None:
            return "" if source in seen else source
    return ""


def relative(root: str, path: str) -> str | None:
    """The way from `root` to a path at or below it ("" is itself); None for any other."""
    if path == root:
        return ""
    root = root.rstrip("/") + "/"
    return path[len(root) :] if path.startswith(root) else None
