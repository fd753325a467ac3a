"""Orders to stop that are under way, each in a thread of its own: an engine answers when the container has ended."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from seatrial.engine.child import end_group, remembered
from seatrial.errors import RunFailed, SeatrialError
from seatrial.lifecycle.stop_order import LIVE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from subprocess import Popen

    from seatrial.engine import Engine
    from seatrial.engine.observed import Container

_LOOK_AGAIN_S = 0.05


@dataclass(frozen=True, slots=True)
class Order:
    """One call that stops `containers`: `stop` has returned when they have ended, or raises.

    Attributes:
        remove: what is done with each that has ended.
    """

    service: str
    containers: tuple[Container, ...]
    stop: Callable[[], None]
    remove: Callable[[str], None] | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The end of an order.

    Attributes:
        after: by container id, a look at each that still exists.
        began_s, ended_s: of the monotonic clock.
        failure: why something of it still runs.
    """

    order: Order
    after: dict[str, Container]
    began_s: float
    ended_s: float
    failure: SeatrialError | None = None


@contextmanager
def orders(engine: Engine, wake: Callable[[], None]) -> Iterator[Orders]:
    """On the way out, whatever the reason, no child process of an order is left."""
    with remembered() as children:
        given = Orders(engine, wake)
        try:
            yield given
        finally:
            given.leave(children)


class Orders:
    """Gives orders and tells of their ends; `wake` is called at each, from another thread."""

    def __init__(self, engine: Engine, wake: Callable[[], None]) -> None:
        self._engine, self._wake = engine, wake
        self._ended: SimpleQueue[Done] = SimpleQueue()
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self.open: list[Order] = []

    def give(self, order: Order) -> None:
        self.open.append(order)
        # A thread that waits for the engine must not keep us from ending: the engine stops what it was told to.
        thread = threading.Thread(target=copy_context().run, args=(self._carry_out, order), daemon=True)
        self._threads.append(thread)
        thread.start()

    def ended(self) -> Iterator[Done]:
        """Those that have ended since the last call."""
        with suppress(Empty):
            while True:
                done = self._ended.get_nowait()
                self.open.remove(done.order)
                yield done

    def leave(self, children: list[Popen[str]]) -> None:
        """Nothing more is done in threads that still wait for the engine, and no child process of them is left."""
        self._over.set()
        for _ in range(2):  # one may have been started in the moment in which the first round looked
            for child in tuple(children):
                end_group(child)
            if not any(thread.is_alive() for thread in self._threads):
                return
            time.sleep(_LOOK_AGAIN_S)

    def _carry_out(self, order: Order) -> None:
        began_s = time.monotonic()
        failure: SeatrialError | None = None
        after: dict[str, Container] = {}
        ended_s = began_s
        try:
            try:
                order.stop()
            except RunFailed as error:
                failure = error
            ended_s = time.monotonic()
            if not self._over.is_set():
                after = {c.id: c for c in self._engine.look([c.id for c in order.containers])}
                if not any(c.state in LIVE for c in after.values()):
                    failure = None  # somebody else has ended or removed it meanwhile
                    self._remove(order, after)
        except SeatrialError as error:
            failure = error
        self._ended.put(Done(order, after, began_s, ended_s, failure))
        self._wake()

    def _remove(self, order: Order, after: dict[str, Container]) -> None:
        for container_id in after:
            with suppress(RunFailed):  # `down` finds it afterwards, and says why it cannot be removed
                if order.remove and not self._over.is_set():
                    order.remove(container_id)
