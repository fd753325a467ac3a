"""A file that is written without end: one hint now and then instead of one per write."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from seatrial.watch.observer.hint import Hint

if TYPE_CHECKING:
    from seatrial.watch.observer.hint import Tell

WINDOW_S = 0.05
MANY = 4096


class Storm:
    """Tells `writing` at once, and once more at the end of each window in which there was more of it.

    Args:
        tell: called from the caller's thread, and from a timer's.
        window_s: seconds in which a path is told of once.
    """

    def __init__(self, tell: Tell, window_s: float = WINDOW_S) -> None:
        self._tell = tell
        self._window_s = window_s
        self._lock = threading.Lock()
        self._told: dict[str, float] = {}  # path -> when
        self._late: set[str] = set()
        self._timer: threading.Timer | None = None
        self._closed = False

    def writing(self, path: str) -> None:
        now = time.monotonic()
        with self._lock:
            if now - self._told.get(path, -self._window_s) < self._window_s:
                self._late.add(path)
                self._wind_up()
                return
            self._told[path] = now
            if len(self._told) > MANY:
                self._forget(now)
        self._tell(Hint(path, "writing"))

    def settled(self, path: str) -> None:
        """It was closed, or is gone: what is told of it next is told at once."""
        with self._lock:
            self._told.pop(path, None)
            self._late.discard(path)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            timer = self._timer
        if timer is not None:
            timer.cancel()
            timer.join()

    def _wind_up(self) -> None:
        if self._timer is None and not self._closed:
            self._timer = threading.Timer(self._window_s, self._ring)
            self._timer.daemon = True
            self._timer.start()

    def _ring(self) -> None:
        now = time.monotonic()
        with self._lock:
            self._timer = None
            late, self._late = self._late, set()
            self._forget(now)
            self._told.update(dict.fromkeys(late, now))
        for path in late:
            self._tell(Hint(path, "writing"))

    def _forget(self, now: float) -> None:
        self._told = {path: told for path, told in self._told.items() if now - told < self._window_s}
