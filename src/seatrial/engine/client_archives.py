"""Files of a container through the docker client: `docker cp` with archives on its standard input and output."""

from __future__ import annotations

import tarfile
from contextlib import contextmanager
from posixpath import dirname, join, normpath
from typing import IO, TYPE_CHECKING

from seatrial.engine import PathStat, piped, translate
from seatrial.engine.child import answer
from seatrial.errors import RunFailed, TimedOut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_KINDS = {tarfile.REGTYPE: "file", tarfile.AREGTYPE: "file", tarfile.DIRTYPE: "folder", tarfile.SYMTYPE: "link"}


class ClientArchives:
    """The part of `ByClient` that has to do with files. Every method may raise `EngineUnreachable`, `ContainerGone`."""

    def put(self, container_id: str, folder: str, archive: Iterable[bytes], limit_s: float) -> None:
        """Extract a tar in an existing folder. Raises `RunFailed`.

        The client lets no file take the place of a folder.
        """
        done = piped.fed(["cp", "-", f"{container_id}:{folder}"], archive, limit_s)
        doing = f"put files into {folder}"
        if done is None:
            raise TimedOut(f"Docker could not {doing} in {limit_s:.0f} s", fix="see what the engine is busy with")
        if done.returncode:
            self._sure(container_id)  # a missing folder and a missing container make the client say the same
            raise translate.archive_failure(done.stderr, doing=doing)

    @contextmanager
    def fetch(self, container_id: str, path: str) -> Iterator[IO[bytes]]:
        """A tar of what is at the path. Raises `RunFailed`."""
        with piped.read(["cp", f"{container_id}:{path}", "-"]) as (archive, complaints):
            if not archive.peek(1):  # type: ignore[attr-defined]  # it is a buffered reader
                raise translate.archive_failure(complaints.read().decode(errors="replace"), doing=f"read {path}")
            yield archive

    def path_in(self, container_id: str, path: str) -> PathStat | None:
        """What is at the path; None when nothing is."""
        try:
            with self.fetch(container_id, path) as archive, tarfile.open(fileobj=archive, mode="r|") as tar:
                found = tar.next()
        except RunFailed:
            self._sure(container_id)
            return None
        return None if found is None else _stat(path, found)

    @staticmethod
    def _sure(container_id: str) -> None:
        done = answer(["inspect", "--type", "container", "--format", "-", container_id])
        if done.returncode:
            raise translate.archive_failure(done.stderr, doing="find the container")


def _stat(path: str, found: tarfile.TarInfo) -> PathStat:
    kind = _KINDS.get(found.type, "other")
    leads_to = normpath(join(dirname(path), found.linkname)) if kind == "link" else ""
    return PathStat(kind, found.mode & 0o7777, found.size, leads_to)
