"""Files of a container over the engine's socket: archives in, archives out, and what is at a path."""

from __future__ import annotations

import base64
import http.client
import json
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, cast

from seatrial.engine import PathStat, translate
from seatrial.engine.api.connection import Refused, unreachable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seatrial.engine.api.connection import Connections

LIMIT_S = 30.0
_GONE = 404
# Of Go's os.FileMode, which are not the kernel's.
_FOLDER, _LINK, _SPECIAL = 1 << 31, 1 << 27, 1 << 26 | 1 << 25 | 1 << 24 | 1 << 21 | 1 << 19
_BITS = ((1 << 23, 0o4000), (1 << 22, 0o2000), (1 << 20, 0o1000))


class Archives:
    """The part of `Api` that has to do with files. Every method may raise `EngineUnreachable`, `ContainerGone`."""

    _engine: Connections

    def put(self, container_id: str, folder: str, archive: Iterable[bytes], limit_s: float) -> None:
        """Extract a tar in an existing folder. Raises `RunFailed`."""
        try:
            self._engine.send(
                f"/containers/{container_id}/archive",
                {"path": folder, "noOverwriteDirNonDir": "true"},
                archive,
                limit_s=limit_s,
            )
        except Refused as refused:
            raise translate.archive_failure(str(refused), doing=f"put files into {folder}") from None

    @contextmanager
    def fetch(self, container_id: str, path: str) -> Iterator[IO[bytes]]:
        """A tar of what is at the path. Raises `RunFailed`."""
        try:
            with self._engine.stream("GET", f"/containers/{container_id}/archive", {"path": path}) as (answer, sock):
                sock.settimeout(LIMIT_S)
                yield cast("IO[bytes]", answer)
        except Refused as refused:
            raise translate.archive_failure(str(refused), doing=f"read {path}") from None
        except (OSError, http.client.HTTPException) as error:
            raise unreachable(error) from None

    def path_in(self, container_id: str, path: str) -> PathStat | None:
        """What is at the path; None when nothing is."""
        try:
            told = self._engine.header(f"/containers/{container_id}/archive", {"path": path}, _STAT, limit_s=LIMIT_S)
        except Refused as refused:
            # An answer to HEAD has no words: which of the two is missing has to be asked.
            if refused.status == _GONE and self._exists(container_id):
                return None
            words = f"No such container: {container_id}" if refused.status == _GONE else str(refused)
            raise translate.archive_failure(words, doing=f"look at {path}") from None
        return path_stat(told)

    def _exists(self, container_id: str) -> bool:
        try:
            self._engine.request("GET", f"/containers/{container_id}/json", limit_s=LIMIT_S)
        except Refused:
            return False
        return True


_STAT = "X-Docker-Container-Path-Stat"


def path_stat(header: str) -> PathStat:
    """The engine's header about a path: JSON in base64, with a mode as Go has it. Pure."""
    told = json.loads(base64.b64decode(header))
    mode = int(told["mode"])
    permissions = mode & 0o777 | sum(bit for go, bit in _BITS if mode & go)
    return PathStat(_kind(mode), permissions, int(told["size"]), told.get("linkTarget") or "")


def _kind(mode: int) -> str:
    if mode & _FOLDER:
        return "folder"
    if mode & _LINK:
        return "link"
    return "other" if mode & _SPECIAL else "file"
