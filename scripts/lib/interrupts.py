"""^C and SIGTERM: both end a script tidily, but not in the middle of what must not be cut."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BOTH = (signal.SIGINT, signal.SIGTERM)


def end_tidily_on_sigterm() -> None:
    """Let SIGTERM end the script as ^C does: what was begun is put back."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@contextmanager
def held(when_one_comes: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold interrupts back until the block is done, then let one that came take effect.

    A signal mask would be inherited by the programs that are started in the block; a handler is not.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is interrupted
        return
    came: list[int] = []

    def hold(number: int, _: object) -> None:
        came.append(number)
        when_one_comes()

    before = {number: signal.signal(number, hold) for number in BOTH}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])
