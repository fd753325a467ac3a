"""Where files go: one container, who is to own them in it, and what stands in the way."""

from __future__ import annotations

import tarfile
from dataclasses import dataclass, field
from posixpath import basename, dirname, join
from typing import TYPE_CHECKING

from seatrial.errors import ContainerGone, RunFailed
from seatrial.watch.sync import mounts as mounting
from seatrial.watch.sync.owner import ROOT, owner

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seatrial.engine import Engine
    from seatrial.engine.attached import Mount
    from seatrial.watch.sync.header import Owner

_LINKS = 8
_TEXT = 1 << 20


@dataclass
class Destination:
    """One container, looked at once. Used by one thread at a time.

    Attributes:
        owner: the container's user, by number.
        doubt: why that may not be who was meant, for people; "" where there is no doubt.
        read_only: the root file system.
        runs: whether it did when it was looked at; one that does not gets its mounts anew when it starts.
        helper_image: as in the settings; "" finds or makes one.
        folders: paths that are known to be folders there, and where they really are, links being followed.
    """

    container_id: str
    owner: Owner = ROOT
    doubt: str = ""
    read_only: bool = False
    mounts: tuple[Mount, ...] = ()
    helper_image: str = ""
    folders: dict[str, str] = field(default_factory=lambda: {"/": "/"})
    runs: bool = True

    def volatile(self, targets: Iterable[str]) -> bool:
        """Whether some of what goes to the targets is in memory, and gone when the container starts anew."""
        found = (mounting.over(target, self.mounts) for target in targets)
        return any(mount is not None and mount.kind == mounting.TMPFS for mount in found)

    def mount(self, path: str) -> Mount | None:
        """What a real path is in; None is the container's own file system."""
        return mounting.over(path, self.mounts)

    def unseen(self, path: str) -> bool:
        """Whether a real path is in memory of the container's: archives neither reach it nor come from it."""
        mount = self.mount(path)
        return mount is not None and mount.kind == mounting.TMPFS

    def bound(self, path: str) -> bool:
        """Whether a real path is in a bind mount; an archive of it shows what has the source's name now."""
        mount = self.mount(path)
        return mount is not None and mount.kind == mounting.BIND

    def single(self, path: str) -> bool:
        """Whether a real path, of a file, is a bind mount itself, so that a running container may have another file."""
        mount = self.mount(path)
        return self.runs and mount is not None and mount.kind == mounting.BIND and mount.target == path

    def forget(self, path: str) -> None:
        """The path is no folder any more, or another one."""
        if path not in self.folders:
            return  # nor is anything below it: parents come first
        for known in [one for one in self.folders if mounting.covers(path, one)]:
            del self.folders[known]


def destination(engine: Engine, container_id: str, *, helper_image: str = "") -> Destination:
    """Look at a container, whatever its state.

    Raises:
        ContainerGone: there is no such container.
    """
    found = engine.facts([container_id])
    if not found:
        raise ContainerGone("the container is gone", fix="`seatrial up` makes it anew")
    (facts,) = found
    known = owner(
        facts.user,
        lambda: text_in(engine, container_id, "/etc/passwd"),
        lambda: text_in(engine, container_id, "/etc/group"),
    )
    return Destination(
        container_id, known.owner, known.doubt, facts.read_only, facts.mounts, helper_image, runs=bool(facts.pid)
    )


def text_in(engine: Engine, container_id: str, path: str) -> str:
    """A small file of a container; "" where there is none."""
    for _ in range(_LINKS):
        found = engine.path_in(container_id, path)
        if found is None or found.kind not in ("file", "link"):
            return ""
        if found.kind == "file":
            break
        path = found.leads_to
    try:
        with engine.fetch(container_id, path) as archive, tarfile.open(fileobj=archive, mode="r|") as tar:
            member = tar.next()
            file = tar.extractfile(member) if member else None
            return file.read(_TEXT).decode(errors="replace") if file else ""
    except ContainerGone:
        raise
    except RunFailed:
        return ""


class InTheWay(Exception):
    """What should be a folder is something else there: its `kind`, and its real path."""

    def __init__(self, kind: str, path: str) -> None:
        super().__init__(path)
        self.kind, self.path = kind, path


def real_folder(engine: Engine, where: Destination, path: str) -> str | None:
    """Where a folder of the container really is; None when it is not there. Asks only what is not known.

    Raises:
        InTheWay: it is no folder, or one of its parents is none.
    """
    if path in where.folders:
        return where.folders[path]
    parent = real_folder(engine, where, dirname(path))
    if parent is None:
        return None
    real = join(parent, basename(path))
    for _ in range(_LINKS):
        if where.unseen(real):
            return real
        found = engine.path_in(where.container_id, real)
        if found is None:
            return None
        if found.kind == "folder":
            where.folders[path] = real
            return real
        if found.kind != "link":
            raise InTheWay(found.kind, real)
        real = found.leads_to
    raise InTheWay("link", real)


def plain(path: str) -> bool:
    """Whether the path is absolute and means what it says: nothing but names between its slashes."""
    return path.startswith("/") and not {"", ".", ".."} & set(path[1:].split("/"))


def covering(targets: Sequence[str], path: str) -> str | None:
    """The innermost of the rules' targets that a path is in."""
    return max((one for one in targets if mounting.covers(one, path)), key=len, default=None)
