"""Things that only one drill at a time may change, although branches are drilled at the same time."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Turns:
    """A lock for each name."""

    def __init__(self) -> None:
        self._locks: dict[str, threading.Lock] = {}
        self._own = threading.Lock()

    @contextmanager
    def taken(self, names: Iterable[str]) -> Iterator[None]:
        """Wait for all of them; always in the same order, so that two who want the same never wait for each other."""
        with ExitStack() as held:
            for name in sorted(set(names)):
                with self._own:
                    lock = self._locks.setdefault(name, threading.Lock())
                held.enter_context(lock)
            yield
