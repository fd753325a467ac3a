"""May services write into the folders of this machine that they are given, and whose are the files then?"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.doctor.finding import Finding, ok, skipped, warning
from seatrial.engine import compose_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from seatrial.doctor.compose_file.dockerfile import Dockerfile
    from seatrial.engine.compose_text import Source

# Users of widespread images by their names there; another name is only known inside.
_KNOWN = {"root": 0, "node": 1000, "nobody": 65534}
_OTHERS_WRITE = stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Mounted:
    """A folder or file of this machine, writable in a service.

    Attributes:
        user: as configured; "" is root, None unknown.
        owner: uid; None when it is not there.
    """

    service: str
    source: str
    target: str
    user: str | None
    owner: int | None
    group: int = 0
    mode: int = 0


def users(
    services: Mapping[str, Mapping[str, Any]], dockerfiles: Mapping[str, Dockerfile], images: Mapping[str, Any]
) -> dict[str, str | None]:
    """By service, whom it runs as: by compose file, Dockerfile or image. "" is root, None unknown."""
    found: dict[str, str | None] = {}
    for name, model in services.items():
        file, image = dockerfiles.get(name), images.get(name)
        in_image = str((image.get("Config") or {}).get("User") or "") if image else None
        found[name] = str(model.get("user") or "") or (file.user if file and file.user else in_image)
    return found


def looked(services: Mapping[str, Mapping[str, Any]], run_as: Mapping[str, str | None]) -> tuple[Mounted, ...]:
    found = []
    for name, model in services.items():
        user = run_as.get(name)
        for mount in model.get("volumes") or ():
            source = str(mount.get("source") or "")
            if mount.get("type") != "bind" or mount.get("read_only") or not source.startswith("/"):
                continue
            try:
                status = Path(source).stat()
            except OSError:
                found.append(Mounted(name, source, str(mount.get("target")), user, None))
                continue
            if stat.S_ISSOCK(status.st_mode) or stat.S_ISCHR(status.st_mode):
                continue
            target = str(mount.get("target"))
            found.append(Mounted(name, source, target, user, status.st_uid, status.st_gid, status.st_mode))
    return tuple(found)


def judge(mounts: tuple[Mounted, ...], sources: tuple[Source, ...], start: Path, *, mapped: bool) -> Iterator[Finding]:
    """`mapped`: the engine maps users, so that numbers inside and outside cannot be compared."""
    if not mounts:
        yield ok("no folder of this machine is mounted writable")
        return
    if mapped:
        yield skipped("the engine maps users: numbers inside and outside are not the same")
        return
    bad = False
    for mount, services in _shared(mounts).items():
        finding = _judged(mount, services, start)
        if finding:
            bad = True
            places = [place for name in services for place in compose_text.place(sources, "services", name, "volumes")]
            yield finding(tuple(dict.fromkeys(places)))
    if not bad:
        yield ok("mounted folders belong to those who write into them, as far as can be told")


def _shared(mounts: Iterable[Mounted]) -> dict[Mounted, tuple[str, ...]]:
    """By mount without its service, the services that have it: they share one anchor, or one image."""
    found: dict[Mounted, tuple[str, ...]] = {}
    for mount in mounts:
        same = replace(mount, service="", user=None if mount.owner is None else mount.user)
        found[same] = (*found.get(same, ()), mount.service)
    return found


def _judged(mount: Mounted, services: tuple[str, ...], start: Path) -> Any:
    shown = os.path.relpath(mount.source, start) if Path(mount.source).is_relative_to(start) else mount.source
    uid = None if mount.user is None else _uid(mount.user)
    who = ", ".join(services)
    run_as = f"{who} {'runs' if len(services) == 1 else 'run'} as"

    def told(found: str, why: str, fix: str) -> Any:
        return lambda places: warning(found, why=why, fix=fix, services=services, places=places)

    if mount.owner is None:
        return told(
            f"{who}: {shown} is not there, and is mounted at {mount.target}",
            "the engine makes a folder of it that belongs to root, even where a file is meant",
            f"make it before: mkdir -p {shown} (or the file)",
        )
    if uid is None:
        return None
    if uid and mount.owner != uid and not mount.mode & _OTHERS_WRITE and not _in_group(mount):
        return told(
            f"{run_as} {mount.user}, and {shown} belongs to uid {mount.owner}",
            f"it cannot write to {mount.target}: EACCES or EROFS at the first attempt",
            (f'user: "{mount.owner}:{mount.group}" in the service, or: ' if mount.owner else "")
            + f"sudo chown -R {uid} {shown}",
        )
    if uid == 0 and mount.owner and stat.S_ISDIR(mount.mode):
        return told(
            f"{run_as} root, and {shown} belongs to uid {mount.owner}",
            "what it writes there belongs to root: you cannot edit, move or delete it, nor can git",
            f'user: "{mount.owner}:{mount.group}" in the service',
        )
    return None


def _uid(user: str) -> int | None:
    name = user.partition(":")[0]
    return int(name) if name.isdigit() else _KNOWN.get(name or "root")


def _in_group(mount: Mounted) -> bool:
    group = (mount.user or "").partition(":")[2]
    return group.isdigit() and int(group) == mount.group and bool(mount.mode & stat.S_IWGRP)
