"""What one container could not be given: told once for each reason, and tried again in growing pauses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.watch.happenings import NotSynced, Recovered

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from seatrial.engine.observed import Container
    from seatrial.watch.happenings import Happening

# After a failure, and twice as long after the next one.
AGAIN_S = 1.0
LONGEST_AGAIN_S = 30.0


class Failing:
    """The paths in a container that fail, each with its reason; "" is the container itself."""

    def __init__(self, container: Container, tell: Callable[[Happening], None]) -> None:
        self._container, self._tell = container, tell
        self._reasons: dict[str, str] = {}
        self._again_s = AGAIN_S

    @property
    def told(self) -> tuple[str, ...]:
        return tuple(
            ": ".join(part for part in (self._container.name, path, reason) if part)
            for path, reason in sorted(self._reasons.items())
        )

    def take(self, failed: Mapping[str, str], settled: Collection[str]) -> float:
        """What has failed now, and what has not; seconds until it is tried again, 0 where nothing has failed."""
        cleared = [path for path in self._reasons if path not in failed and (not path or path in settled)]
        fresh = sorted((path, reason) for path, reason in failed.items() if self._reasons.get(path) != reason)
        for path in cleared:
            del self._reasons[path]
        self._reasons |= failed
        if cleared:
            self._tell(Recovered(self._container.service, self._container.name, len(cleared)))
        if not failed:
            self._again_s = AGAIN_S
            return 0.0
        again_s, self._again_s = self._again_s, min(self._again_s * 2, LONGEST_AGAIN_S)
        if fresh:
            self._tell(NotSynced(self._container.service, self._container.name, tuple(fresh), again_s))
        return again_s
