"""Notices a service that is acted on over and over for the same paths: what it writes itself wakes the watch. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# As often as this within the time, always for the same paths: nobody saves like that.
OFTEN = 6
WITHIN_S = 30.0
HOLD_S = 5.0
LONGEST_HOLD_S = 60.0


@dataclass(slots=True)
class Flap:
    """The restarts and builds of one service. Each hold is twice as long as the one before, until it is calm again."""

    _acted: list[tuple[float, frozenset[str]]] = field(default_factory=list)
    _hold_s: float = HOLD_S
    _calm_s: float = 0.0

    def consider(self, paths: Iterable[str], now_s: float) -> float:
        """Seconds for which the service is better left alone; 0 when it may be acted on, which is then remembered."""
        causes = frozenset(paths)
        self._acted = [(at, one) for at, one in self._acted if now_s - at < WITHIN_S]
        same = [one for _, one in self._acted if one == causes]
        if len(same) >= OFTEN:
            held, self._hold_s = self._hold_s, min(self._hold_s * 2, LONGEST_HOLD_S)
            self._acted.clear()
            self._calm_s = now_s + held + WITHIN_S
            return held
        if now_s >= self._calm_s:
            self._hold_s = HOLD_S
        self._acted.append((now_s, causes))
        return 0.0
