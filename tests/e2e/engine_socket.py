"""A way to the engine that can be shut, as if the engine had gone."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENGINE = "/var/run/docker.sock"


class Door:
    """Carries bytes between a socket at `path` and the engine's."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(path))
        self._door.listen(64)
        self._ends: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def shut(self) -> None:
        """All connections end, and there are no more; once more does nothing."""
        if not self._path.exists():
            return
        self._path.unlink()
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._door.close()
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.shut()
        for end in self._ends:
            end.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                engine = socket.socket(socket.AF_UNIX)
                engine.connect(ENGINE)
                self._ends += [client, engine]
                for pair in ((client, engine), (engine, client)):
                    threading.Thread(target=_carry, args=pair, daemon=True).start()


@contextmanager
def proxied(path: Path) -> Iterator[Door]:
    door = Door(path)
    try:
        yield door
    finally:
        door.close()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
