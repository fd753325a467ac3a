"""Is there room on the disks that matter?"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.doctor.finding import Finding, failure, ok, warning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_GB = 1e9
_FULL, _SCARCE = 1 * _GB, 5 * _GB
_FEW_FILES = 0.02
# Only the engine writes there.
ENGINES = "images and volumes"
PROJECT, KEPT = "the project", "what is kept for the next time"
_LACKS = {
    PROJECT: "`env.init` and `--fix` cannot write there, nor can services that have it mounted",
    KEPT: "what would be kept there is asked or measured anew each time, or cannot be done at all",
}


@dataclass(frozen=True, slots=True)
class Space:
    """Room on one disk.

    Attributes:
        what: what lies there, in words.
        free: bytes that this user, or the engine, may still write; `size` of all.
        closed: what of it this user cannot write to, and where that is.
        files_free: how many files can still be made, of `files`; both 0 where the file system has no such limit.
    """

    what: str
    path: str
    free: int
    size: int
    files_free: int = 0
    files: int = 0
    closed: tuple[tuple[str, str], ...] = ()


def looked(places: Iterable[tuple[str, Path]]) -> tuple[Space, ...]:
    """One for each disk among the places; what is not there, or not on this machine, is left out."""
    found: dict[int, Space] = {}
    for what, wanted in places:
        path = next((folder for folder in (wanted, *wanted.parents) if folder.exists()), None)
        if path is None:
            continue
        told, device = os.statvfs(path), path.stat().st_dev
        closed = ((what, str(wanted)),) if what != ENGINES and not _writable(path) else ()
        before = found.get(device) or Space("", str(path), 0, 0)
        found[device] = Space(
            f"{before.what}, {what}" if before.what else what,
            before.path,
            told.f_bavail * told.f_frsize,
            told.f_blocks * told.f_frsize,
            told.f_favail,
            told.f_files,
            (*before.closed, *closed),
        )
    return tuple(found.values())


def _writable(folder: Path) -> bool:
    """Tried, with a file that never gets a name: permissions do not tell of read-only disks, nor of root's rights."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def judge(spaces: Iterable[Space]) -> Iterator[Finding]:
    why = "builds, pulls and databases fail half-way on a full disk, and say so in many different words"
    for space in spaces:
        for what, path in space.closed:
            yield warning(
                f"this user cannot write to {what} ({path})",
                why=_LACKS.get(what, _LACKS[KEPT]),
                fix="correct owner and permissions"
                + (", or choose another place: XDG_CACHE_HOME" if what == KEPT else ""),
            )
        if not space.size:
            continue  # no disk
        engine = ENGINES in space.what
        fix = "see what takes it: docker system df; drop the build cache: docker builder prune" if engine else (
            f"free some room below {space.path}"
        )  # fmt: skip
        told = f"{_size(space.free)} of {_size(space.size)} free for {space.what}"
        if space.free < _FULL:
            yield failure(told, why=why, fix=fix)
        elif space.files and space.files_free < space.files * _FEW_FILES:
            yield warning(
                f"room for {space.files_free} more files only ({space.what})",
                why="a disk without free inodes is full, however much room there is",
                fix=fix,
            )
        elif space.free < min(_SCARCE, space.size * 0.1):
            yield warning(told, why=why, fix=fix)
        else:
            yield ok(told)


def _size(count: float) -> str:
    if count < _GB / 10:
        return f"{count / 1e6:.1f} MB"
    return f"{count / _GB:.1f} GB" if count < 100 * _GB else f"{count / _GB:.0f} GB"
