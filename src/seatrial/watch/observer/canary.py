"""Whether a reader still reports: something is touched, and the event of it has to come."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_S = 1.0
GRACE_S = 0.25


class Canary:
    """One touch at a time, judged at the next pulse.

    Args:
        touch: makes an event.
        patience_s: seconds that the event may take. One that was stopped meanwhile gets `GRACE_S` more.
    """

    def __init__(self, touch: Callable[[], None], patience_s: float = PATIENCE_S) -> None:
        self._touch = touch
        self._patience_s = patience_s
        self._heard = threading.Event()
        self._heard.set()
        self._touched = 0.0

    def hear(self) -> None:
        self._heard.set()

    def sings(self) -> bool:
        """Whether the last touch was reported, or may still be; touches again when it was."""
        if not self._heard.is_set():
            if time.monotonic() - self._touched < self._patience_s:
                return True
            if not self._heard.wait(GRACE_S):
                return False
        self._heard.clear()
        self._touched = time.monotonic()
        self._touch()
        return True
