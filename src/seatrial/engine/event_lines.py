"""The event stream of a real engine."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterable
from http.client import HTTPException
from typing import TYPE_CHECKING, TypeAlias

from seatrial.engine import inspect
from seatrial.errors import EngineUnreachable

if TYPE_CHECKING:
    from seatrial.engine.observed import Event


# Of JSON, one for each event.
Lines: TypeAlias = Iterable[str]


class EventLines:
    """Lines read by a thread, so that waiting for them can have a limit."""

    def __init__(self, lines: Lines) -> None:
        # No SimpleQueue: a signal that comes to its reader when the time is over has it wait for ever (CPython 3.11).
        self._queue: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, args=(lines,), daemon=True).start()

    def _read(self, lines: Lines) -> None:
        # Closed under us: the stream is being left.
        with contextlib.suppress(ValueError, OSError, HTTPException, AttributeError):
            for line in lines:
                self._queue.put(line)
        self._queue.put(None)

    def wake(self) -> None:
        """End a wait that is under way, or the next one, from another thread."""
        self._queue.put("")

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
