"""Looks at a stack for as long as somebody wants to know: woken by the engine's events, figures by the clock."""

from __future__ import annotations

import threading
import time
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seatrial.engine.observed import Snapshot
from seatrial.errors import SeatrialError
from seatrial.lifecycle.figures import Figures, Reader
from seatrial.lifecycle.sight import Sight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Self

    from seatrial.engine import Engine, EventStream

# Figures cost the engine a few milliseconds for each container.
READ_S = 2.0
# However much happens, nobody reads faster.
_PAUSE_S = 0.1
_AGAIN_S = 1.0
_FIRST_S = 2.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known at one moment.

    Attributes:
        figures: by container id.
        offset_ns: the engine's clock minus ours.
        trouble: why there is nothing newer; "" when there is.
    """

    snapshot: Snapshot = field(default_factory=Snapshot)
    figures: Mapping[str, Figures] = field(default_factory=dict)
    offset_ns: int = 0
    trouble: str = ""


class Lookout:
    """Looks in a thread of its own; `told` is called from it when there is something new in `seen`."""

    def __init__(self, engine: Engine, project_name: str, told: Callable[[], None]) -> None:
        self._engine, self._project_name, self._told = engine, project_name, told
        self._left = threading.Event()
        self._services: frozenset[str] = frozenset()
        self._due_s = 0.0
        self._events: EventStream | None = None
        self._thread = threading.Thread(target=copy_context().run, args=(self._look,), daemon=True)
        self._first = threading.Event()
        self.seen = Seen(trouble="the engine has not answered yet")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        self._wake()

    def wait_for_first(self) -> None:
        """Until there is something to show; not for long, for an engine may hang."""
        self._first.wait(_FIRST_S)

    def look_at(self, services: Iterable[str]) -> None:
        """Of which services figures are wanted from now on: they are read at once when there are others."""
        wanted = frozenset(services)
        new, self._services = wanted - self._services, wanted
        if new:
            self._due_s = 0.0
            self._wake()

    def _wake(self) -> None:
        if self._events is not None:
            self._events.wake()

    def _look(self) -> None:
        reader = Reader(self._engine)
        while not self._left.is_set():
            try:
                with self._engine.events(self._project_name) as events:
                    self._events = events
                    self._follow(events, reader)
            except SeatrialError as error:
                self._tell(replace(self.seen, trouble=error.what))
                self._left.wait(_AGAIN_S)

    def _follow(self, events: EventStream, reader: Reader) -> None:
        sight = Sight(self._engine, self._project_name, self._engine.snapshot(self._project_name))
        self._tell(Seen(sight.snapshot, dict(reader.known), reader.offset_ns))
        while not self._left.is_set():
            happened = events.wait(max(self._due_s - time.monotonic(), 0.0))
            if self._left.is_set():
                return
            sight.follow(happened)
            if time.monotonic() >= self._due_s:
                self._due_s = time.monotonic() + READ_S
                wanted = [c for c in sight.snapshot.containers if c.service in self._services and not c.one_off]
                reader.read([c.id for c in wanted], [c.id for c in wanted if c.state == "running"])
            self._tell(Seen(sight.snapshot, dict(reader.known), reader.offset_ns))
            self._left.wait(_PAUSE_S)

    def _tell(self, seen: Seen) -> None:
        self.seen = seen
        self._first.set()
        self._told()
