"""What is asked of an engine about files in containers: a part of the port."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from seatrial.engine import PathStat


class Files(Protocol):
    """Every method may raise `EngineUnreachable`."""

    def remove_beside(self, container_id: str, paths: Sequence[str], image: str, limit_s: float) -> Mapping[str, str]:
        """Remove files and empty folders, from a helper container: for one that has no `rm`.

        Args:
            container_id: which container; it has to run.
            paths: absolute; none of their folders is a link.
            image: of the helper; "" finds or makes one.
            limit_s: seconds that it may take.

        Returns:
            Those that are still there, with the reason.

        Raises:
            RunFailed: the container does not run.
            HelperUnavailable: no helper can run here.
        """
        ...

    def put(self, container_id: str, folder: str, archive: Iterable[bytes], limit_s: float) -> None:
        """Extract a tar in a folder, which has to exist; links to it are followed. Owners are as in its headers.

        Works on containers that do not run, too. A file never takes the place of a folder, nor a folder that of a file.

        Args:
            container_id: which container.
            folder: an absolute path inside.
            archive: pieces of the tar.
            limit_s: seconds without progress.

        Raises:
            ContainerGone: there is no such container.
            RunFailed: in the engine's words (`detail`). What came before in the archive is there.
        """
        ...

    def fetch(self, container_id: str, path: str) -> AbstractContextManager[IO[bytes]]:
        """What is at a path and below it, as a stream of a tar whose names begin with the last part of the path.

        Raises:
            ContainerGone: there is no such container.
            RunFailed: there is nothing at that path.
        """
        ...

    def path_in(self, container_id: str, path: str) -> PathStat | None:
        """What is at a path; None when nothing is. Raises `ContainerGone`."""
        ...
