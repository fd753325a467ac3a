"""The containers of a project as they are: one look at all, then one at those that something happened to."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from seatrial.engine.observed import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.engine import Engine
    from seatrial.engine.observed import Container, Event

# Events wake us; should one be lost with a dying connection, this is how stale we can get.
LONGEST_S = 5.0


class Sight:
    """What is known of the containers; never older than the last event."""

    def __init__(self, engine: Engine, project_name: str, before: Snapshot) -> None:
        self._engine, self._project_name = engine, project_name
        self._known = {container.id: container for container in before.containers}
        self._whole_at = time.monotonic()

    @property
    def snapshot(self) -> Snapshot:
        return Snapshot(tuple(self._known.values()))

    def again(self) -> None:
        """Look at all of them."""
        self._known = {container.id: container for container in self._engine.snapshot(self._project_name).containers}
        self._whole_at = time.monotonic()

    def follow(self, events: Iterable[Event], others: Iterable[str] = ()) -> None:
        """Look at the containers that the events are about, and at `others` (ids)."""
        if time.monotonic() - self._whole_at >= LONGEST_S:
            self.again()
            return
        touched = list(dict.fromkeys([*(event.container_id for event in events), *others]))
        if not touched:
            return
        found: dict[str, Container] = {container.id: container for container in self._engine.look(touched)}
        for container_id in touched:
            self._known.pop(container_id, None)
        self._known |= found
