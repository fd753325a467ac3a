"""The engine's events, for as long as the watch lasts: an engine that goes away is waited for."""

from __future__ import annotations

import threading
from contextlib import suppress
from contextvars import copy_context
from typing import TYPE_CHECKING

from seatrial.errors import SeatrialError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from seatrial.engine import Engine, EventStream
    from seatrial.engine.observed import Event

_AGAIN_S = 0.5
_WAIT_S = 60.0


class Listening:
    """Reads in a thread of its own. Each of the three calls comes from there.

    Args:
        connected: the stream is open; whatever happened before is to be looked at.
        happened: an event.
        gone: the engine has ended the stream, or is not there.
    """

    def __init__(
        self,
        engine: Engine,
        project_name: str,
        *,
        connected: Callable[[], None],
        happened: Callable[[Event], None],
        gone: Callable[[SeatrialError], None],
    ) -> None:
        self._engine, self._name = engine, project_name
        self._connected, self._happened, self._gone = connected, happened, gone
        self._left = threading.Event()
        self._stream: EventStream | None = None
        self._thread = threading.Thread(target=copy_context().run, args=(self._listen,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        if self._stream:
            self._stream.wake()
        self._thread.join(1.0)

    def _listen(self) -> None:
        while not self._left.is_set():
            try:
                with self._engine.events(self._name) as self._stream:
                    self._connected()
                    while not self._left.is_set():
                        for event in self._stream.wait(_WAIT_S):
                            self._happened(event)
            except SeatrialError as error:
                if not self._left.is_set():
                    self._gone(error)
            with suppress(RuntimeError):
                self._left.wait(_AGAIN_S)
