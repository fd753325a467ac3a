"""What containers use, and what each said last: read from time to time, of those that somebody looks at."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatrial.engine import Engine
    from seatrial.engine.observed import LogLine, Usage

# A shorter time tells less of the use of a processor than of chance.
SHORTEST_S = 0.5
# Readings of many containers take a while.
_SAME_NS = 3 * 10**9


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one container.

    Attributes:
        cores: mean use between the last two readings, 1.0 is one core; None before the second.
        memory_bytes, memory_limit_bytes: None when it does not run; a limit of 0 is not known.
        said: its last line; None when there is none, or none can be read.
    """

    cores: float | None = None
    memory_bytes: int | None = None
    memory_limit_bytes: int | None = None
    said: LogLine | None = None


class Reader:
    """Keeps the readings before.

    Attributes:
        known: by container id.
        offset_ns: the engine's clock minus ours, where they clearly differ: it may be on another machine.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._before: dict[str, Usage] = {}
        self.known: dict[str, Figures] = {}
        self.offset_ns = 0

    def read(self, container_ids: Sequence[str], running: Sequence[str]) -> None:
        """Read those; of what is not among them, what was known before stays. Raises `EngineUnreachable`."""
        used = self._engine.usage(running)
        said = self._engine.last_lines(container_ids)
        for container_id in container_ids:
            self.known[container_id] = _figures(container_id, used, self._before, said)
        self._before |= used
        offset_ns = max(one.read_ns for one in used.values()) - time.time_ns() if used else 0
        self.offset_ns = offset_ns if abs(offset_ns) > _SAME_NS else 0

    def first(self, container_ids: Sequence[str], running: Sequence[str]) -> Mapping[str, Figures]:
        """Two readings, as far apart as they have to be. Raises `EngineUnreachable`."""
        self._before = dict(self._engine.usage(running))
        time.sleep(SHORTEST_S if running else 0.0)
        self.read(container_ids, running)
        return self.known


def _figures(
    container_id: str, used: Mapping[str, Usage], before: Mapping[str, Usage], said: Mapping[str, LogLine]
) -> Figures:
    now, then = used.get(container_id), before.get(container_id)
    if now is None:
        return Figures(said=said.get(container_id))
    cores = now.cores_since(then) if then else None
    return Figures(cores, now.memory_bytes, now.memory_limit_bytes, said.get(container_id))
