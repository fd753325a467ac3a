"""The event stream of a real engine."""

from __future__ import annotations

import contextlib
import queue
import threading
from typing import IO, TYPE_CHECKING

from seatrial.engine import inspect
from seatrial.errors import EngineUnreachable

if TYPE_CHECKING:
    from seatrial.engine.observed import Event


class EventLines:
    """Lines of `docker events`, read by a thread so that waiting for them can have a limit."""

    def __init__(self, lines: IO[str]) -> None:
        self._queue: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, args=(lines,), daemon=True).start()

    def _read(self, lines: IO[str]) -> None:
        with contextlib.suppress(ValueError):  # closed under us: the stream is being left
            for line in lines:
                self._queue.put(line)
        self._queue.put(None)

    def wait(self, timeout_s: float) -> list[Event]:
        try:
            lines = [self._queue.get(timeout=max(timeout_s, 0.001))]
        except queue.Empty:
            return []
        while not self._queue.empty():
            lines.append(self._queue.get())
        if None in lines:
            raise _ended()
        try:
            return [event for line in lines if line and (event := inspect.event(line))]
        except ValueError:  # half an event, or the client's last words
            raise _ended() from None


def _ended() -> EngineUnreachable:
    return EngineUnreachable(
        "the engine ended its event stream", fix="see whether it runs: scripts/engine status, or `docker version`"
    )
