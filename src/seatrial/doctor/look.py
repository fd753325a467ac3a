"""A look at the world that goes on while others do, and that never takes longer than its limit."""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import copy_context
from threading import Thread
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from seatrial.engine import child
from seatrial.errors import SeatrialError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
# Limits of looks in seconds. The longest of them is how long it all can take, and `docker compose config` before that.
QUICK_S, DISK_S, ENGINE_S, FAR_S, INSIDE_S = 3.0, 5.0, 12.0, 20.0, 45.0
# What a look that was broken off may take to remove what it has made.
_TIDY_S = 3.0


class Unseen(Exception):
    """There is no answer, for this reason."""


class Look(Generic[T]):
    """A call in a thread of its own. What does not come back in time is left behind; the program may end without it.

    Args:
        call: the look.
        limit_s: seconds from now.
    """

    def __init__(self, call: Callable[[], T], limit_s: float) -> None:
        self._call, self._limit_s = call, limit_s
        self._deadline = time.monotonic() + limit_s
        self._answer: list[T] = []
        self._error: Exception | None = None
        self._thread = Thread(target=copy_context().run, args=(self._run,), daemon=True)
        self._thread.start()

    def answer(self) -> T:
        """What was seen. Raises `Unseen`."""
        self._thread.join(max(self._deadline - time.monotonic(), 0))
        if self._answer:
            return self._answer[0]
        error = self._error
        if error is None:
            raise Unseen(f"no answer within {self._limit_s:g} s")
        if isinstance(error, Unseen):
            raise error
        raise Unseen(error.what if isinstance(error, SeatrialError) else _told(error)) from None

    def ended(self, within_s: float) -> bool:
        self._thread.join(within_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._answer.append(self._call())
        except Exception as error:  # noqa: BLE001  it is told where the answer is wanted
            self._error = error


class Known(Generic[T]):
    """An answer that is there already."""

    def __init__(self, value: T) -> None:
        self._value = value

    def answer(self) -> T:
        return self._value


class Unknown:
    """There is no answer, for this reason."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def answer(self) -> object:
        raise Unseen(self._reason)


class Looks:
    """Looks that were begun together."""

    def __init__(self) -> None:
        self.begun: list[Look[object]] = []

    def begin(self, call: Callable[[], T], limit_s: float) -> Look[T]:
        look = Look(call, limit_s)
        self.begun.append(cast("Look[object]", look))
        return look


@contextmanager
def looking() -> Iterator[Looks]:
    """On the way out no child process of a look is left, and what a look has made has been removed, if that can be."""
    with child.remembered() as children:
        looks = Looks()
        try:
            yield looks
        finally:
            if not all(look.ended(0) for look in looks.begun):
                for process in tuple(children):
                    child.end_group(process)
                last = time.monotonic() + _TIDY_S
                for look in looks.begun:
                    look.ended(max(last - time.monotonic(), 0))


def unknown(reason: str) -> Look[T]:
    """In place of a look that cannot be had."""
    return cast("Look[T]", Unknown(reason))


def known(value: T) -> Look[T]:
    """In place of a look that need not be had."""
    return cast("Look[T]", Known(value))


def _told(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return f"{text[:1].lower()}{text[1:]}"
