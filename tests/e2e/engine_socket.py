"""A way to the engine that can be shut, as if the engine had gone, and through which its clock is another one."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import contextmanager, suppress
from email.utils import formatdate, parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENGINE = "/var/run/docker.sock"


class Door:
    """Carries bytes between a socket at `path` and the engine's, whose clock seems to be `ahead_s` seconds ahead."""

    def __init__(self, path: Path, ahead_s: int = 0) -> None:
        self._path, self._ahead_s = path, ahead_s
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
                for source, target in ((client, engine), (engine, client)):
                    clock = _Clock(self._ahead_s if source is engine else -self._ahead_s)
                    threading.Thread(target=_carry, args=(source, target, clock), daemon=True).start()


@contextmanager
def proxied(path: Path, ahead_s: int = 0) -> Iterator[Door]:
    door = Door(path, ahead_s)
    try:
        yield door
    finally:
        door.close()


class _Clock:
    """Moves the times that go by: of answers, of events, and from when on events are asked for. No length changes."""

    _TIMES = re.compile(
        rb"(?<=^Date: )[^\r\n]{29}|(?<=[?&]since=)\d{10}|(?<=\"time\":)\d{10}|(?<=\"timeNano\":)\d{10}", re.MULTILINE
    )

    def __init__(self, by_s: int) -> None:
        self._by_s = by_s

    def __call__(self, data: bytes) -> bytes:
        return self._TIMES.sub(self._moved, data) if self._by_s else data

    def _moved(self, found: re.Match[bytes]) -> bytes:
        text = found[0].decode()
        if text.isdigit():
            return str(int(text) + self._by_s).encode()
        return formatdate(parsedate_to_datetime(text).timestamp() + self._by_s, usegmt=True).encode()


def _carry(source: socket.socket, target: socket.socket, clock: _Clock) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(clock(data))
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
