"""Threads that act while the loop goes on. What they find comes back as a call in the loop; at the end none is left."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from contextvars import copy_context
from typing import TYPE_CHECKING

from seatrial.engine import child

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from subprocess import Popen
    from typing import TypeVar

    T = TypeVar("T")

# What is on its way to a container when the watch ends is sent again by the next one.
_LAST_S = 2.0


class Workers:
    """Begins jobs, each in a thread of its own.

    Args:
        post: has the loop make a call; from any thread.
        children: processes that the jobs have started.
    """

    def __init__(self, post: Callable[[Callable[[], None]], None], children: list[Popen[str]]) -> None:
        self._post, self._children = post, children
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()

    def begin(self, job: Callable[[], T], then: Callable[[T | BaseException], None]) -> None:
        """Run `job`, then have the loop call `then` with what it returned, or with what it raised."""

        def run() -> None:
            try:
                result: T | BaseException = job()
            except BaseException as error:  # noqa: BLE001  it is told where the answer is wanted
                result = error
            self._post(lambda: then(result))
            with self._lock:
                self._threads.discard(thread)

        thread = threading.Thread(target=copy_context().run, args=(run,), daemon=True)
        with self._lock:
            self._threads.add(thread)
        thread.start()

    def end(self) -> None:
        """End the processes of jobs that are under way, and give the rest a moment."""
        deadline = time.monotonic() + _LAST_S
        while (running := self._running()) and time.monotonic() < deadline:
            for process in tuple(self._children):
                child.end_group(process)
            running[0].join(0.05)

    def _running(self) -> list[threading.Thread]:
        with self._lock:
            return list(self._threads)


@contextmanager
def workers(post: Callable[[Callable[[], None]], None]) -> Iterator[Workers]:
    """On the way out, whatever the reason, no process of a job is left."""
    with child.remembered() as children:
        made = Workers(post, children)
        try:
            yield made
        finally:
            made.end()
