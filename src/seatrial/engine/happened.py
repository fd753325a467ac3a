"""The event stream of the engine without Docker."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatrial.engine.observed import Event


class Happened:
    """Waiting is telling what is there: nothing happens in memory while one waits."""

    def __init__(self, happened: list[Event], told: int) -> None:
        self._happened, self._told = happened, told

    def wake(self) -> None:
        """Nobody waits for long."""

    def wait(self, timeout_s: float) -> list[Event]:
        fresh = self._happened[self._told :]
        self._told = len(self._happened)
        if not fresh:
            time.sleep(min(timeout_s, 0.01))
        return fresh
