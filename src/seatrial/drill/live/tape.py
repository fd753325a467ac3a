"""All events of the project's containers from the moment it is opened. The engine itself keeps only its last 256."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.errors import EngineUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatrial.engine import Engine, EventStream
    from seatrial.engine.clock import Clock
    from seatrial.engine.observed import Event

_TURN_S = 0.5
# Compose and the image put all their labels on every event; these alone tell what happened.
_KEPT = ("signal", "exitCode", "execDuration")


class Tape:
    """Keeps events in the order in which they came, their times by our clock, and wakes who waits for one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._events: list[Event] = []
        self._news = threading.Condition()
        self._lost: EngineUnreachable | None = None
        self._ends: KeyboardInterrupt | None = None
        self._over = False

    @property
    def lost(self) -> bool:
        """Whether the engine went away, or was restarted: nothing is recorded any more."""
        return self._lost is not None

    def since(self, at_ns: int, *container_ids: str) -> tuple[Event, ...]:
        """What happened to these containers (all when none is named) from `at_ns` on, by time."""
        with self._news:
            found = [
                e for e in self._events if e.time_ns >= at_ns and (not container_ids or e.container_id in container_ids)
            ]
        return tuple(sorted(found, key=lambda event: event.time_ns))

    def wait(self, wanted: Callable[[Event], bool], since_ns: int, limit_s: float) -> Event | None:
        """The first event from `since_ns` on that is `wanted`; None when `limit_s` is over.

        Raises:
            EngineUnreachable: the engine went away.
            KeyboardInterrupt: the run was interrupted.
        """
        deadline = time.monotonic() + limit_s
        with self._news:
            while True:
                for event in self._events:
                    if event.time_ns >= since_ns and wanted(event):
                        return event
                self._raise()
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                self._news.wait(left)

    def pause(self, limit_s: float) -> None:
        """Wait for any event, at most `limit_s`."""
        with self._news:
            self._raise()
            self._news.wait(limit_s)

    def rest(self, seconds: float) -> None:
        """Let that time go by, whatever happens. Raises as `wait` does."""
        self.wait(lambda _: False, time.time_ns(), seconds)

    def interrupt(self) -> None:
        """Whoever waits here, now or later, is interrupted: ^C comes to the main thread only."""
        with self._news:
            self._ends = KeyboardInterrupt()
            self._news.notify_all()

    def _raise(self) -> None:
        if self._ends:
            raise self._ends
        if self._lost:
            raise self._lost

    def record(self, stream: EventStream) -> None:
        """Read the stream until the tape is closed."""
        while not self._over:
            try:
                came = stream.wait(_TURN_S)
            except EngineUnreachable as error:
                with self._news:
                    self._lost = error
                    self._news.notify_all()
                return
            if came:
                with self._news:
                    self._events += [self._read(event) for event in came]
                    self._news.notify_all()

    def close(self) -> None:
        self._over = True

    def _read(self, event: Event) -> Event:
        kept = {key: event.attributes[key] for key in _KEPT if key in event.attributes}
        return replace(event, time_ns=self._clock.ours(event.time_ns), attributes=kept)


@contextmanager
def recording(engine: Engine, project_name: str, clock: Clock) -> Iterator[Tape]:
    """A tape that runs until the end of the block."""
    tape = Tape(clock)
    with engine.events(project_name) as stream:
        reader = threading.Thread(target=tape.record, args=(stream,), daemon=True)
        reader.start()
        try:
            yield tape
        finally:
            tape.close()
            stream.wake()
            reader.join()
