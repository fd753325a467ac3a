"""Where in a container each path of a batch goes, and by which way; what must not be touched is refused."""

from __future__ import annotations

import os
from posixpath import basename, dirname, join, relpath
from typing import TYPE_CHECKING, NamedTuple

from seatrial.watch.sync import mounts as mounting
from seatrial.watch.sync.destination import InTheWay, covering, plain, real_folder
from seatrial.watch.sync.reasons import READ_ONLY_MOUNT, READ_ONLY_ROOT, into

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatrial.engine import Engine
    from seatrial.watch.sync.destination import Destination
    from seatrial.watch.sync.values import Sent


class Refused(Exception):
    """A path that cannot go where it should, for the reason that is the argument."""


class Way(NamedTuple):
    """How archives get to where a path goes.

    Attributes:
        base: the folder that they are extracted in.
        inside: by a program in the container, as the engine's archives do not reach it.
    """

    base: str
    inside: bool = False


class Placed(NamedTuple):
    """One path of a batch.

    Attributes:
        path: as the batch has it.
        host: on this machine.
        real: in the container, links being followed.
        missing: real paths of folders that are to be made first, parents before children.
        there: whether it is a folder that is there already.
        root: whether it is what a rule names: then a link of this machine is followed.
        folder: whether a folder goes there.
    """

    path: str
    host: str
    way: Way
    real: str
    missing: tuple[str, ...] = ()
    there: bool = False
    root: bool = False
    folder: bool = False


class Placing:
    """Places paths in their order, parents before children: what a batch makes counts for what follows."""

    def __init__(self, engine: Engine, where: Destination, known: Mapping[str, Sent], targets: Sequence[str]) -> None:
        """Ask nothing yet."""
        self._engine, self._where, self._known, self._targets = engine, where, known, targets
        self._planned: dict[str, str] = {}

    def place(self, path: str, host: str, *, folder: bool) -> Placed:
        """Raises `Refused`."""
        self._allowed(path)
        real, missing = self._parent(path)
        real = join(real, basename(path))
        there = folder and self._is_there(path, real)
        if there:
            real = self._where.folders.get(path, real)
        way = self._way(real)
        if not there:
            self._safe(path, real, host, folder=folder)
            self._where.forget(path)
            if folder:
                self._planned[path] = real
        return Placed(path, host, way, real, missing, there, path in self._targets, folder)

    def _allowed(self, path: str) -> None:
        if covering(self._targets, path) is None or not plain(path):
            raise Refused("it is in no target of the service's rules")

    def _parent(self, path: str) -> tuple[str, tuple[str, ...]]:
        """Where the folder really is that the path lies in, and what of it is to be made first."""
        folder = dirname(path)
        missing: list[str] = []
        while (real := self._folder(folder)) is None:
            missing.append(folder)
            folder = dirname(folder)
        made = []
        for one in reversed(missing):
            real = join(real, basename(one))
            self._planned[one] = real
            made.append(real)
        return real, tuple(made)

    def _folder(self, path: str) -> str | None:
        if path in self._planned:
            return self._planned[path]
        try:
            parent = self._folder(dirname(path)) if path != "/" else None
            if parent is not None and dirname(path) in self._planned:
                return None  # what is in a folder that is yet to be made is not there
            return real_folder(self._engine, self._where, path)
        except InTheWay as other:
            if covering(self._targets, path) in (None, path) or other.path == "/":
                raise Refused(f"{other.path} is no folder in the container") from None
            return None  # it gives way

    def _is_there(self, path: str, real: str) -> bool:
        known = self._known.get(path)
        if known is not None and known.stamp.kind != "folder":
            return False
        return self._folder(path) is not None and (path in self._where.folders or self._where.unseen(real))

    def _way(self, real: str) -> Way:
        mount = self._where.mount(real)
        if mount is None:
            if self._where.read_only:
                raise Refused(READ_ONLY_ROOT)
            return Way("/")
        if not mount.writable:
            raise Refused(f"it lies in {mount.target}, which is mounted read-only: {READ_ONLY_MOUNT}")
        if mount.kind == mounting.TMPFS:
            return Way(mount.target, inside=True)
        return Way(mount.target if self._where.read_only else "/")

    def _safe(self, path: str, real: str, host: str, *, folder: bool) -> None:
        """The engine empties what it replaces: volumes that are mounted in it, and folders of the host, too."""
        held = mounting.below(real, self._where.mounts)
        if held is not None and not folder:
            fix = into(path) if path in self._targets else "drop the mount or the rule"
            raise Refused(f"{held.target} is mounted there in the container, and would be emptied: {fix}")
        mount = self._where.mount(real)
        if mount is not None and mount.kind == mounting.BIND:
            source = join(mount.source, relpath(real, mount.target))
            if os.path.realpath(source) == os.path.realpath(host):
                raise Refused(f"{mount.target} is a bind mount of it already: drop the rule or the mount")


def name_in(base: str, real: str) -> bytes:
    """The name in an archive that is extracted in `base`."""
    return os.fsencode(relpath(real, base))
