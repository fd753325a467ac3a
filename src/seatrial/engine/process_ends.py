"""Ends of containers' main processes, seen on this machine: the engine tells of one a tenth of a second later.

Where they are not ours to see (an engine elsewhere, in a virtual machine, in another PID namespace) nothing is told.
"""

from __future__ import annotations

import os
import selectors
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from seatrial.engine.host_sockets import is_of_container

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from seatrial.engine.facts import Facts


@contextmanager
def process_ends(running: Iterable[Facts], told: Callable[[str], None]) -> Iterator[None]:
    """Inside, `told` is called from another thread with the id of each container whose main process has ended.

    The kernel ends the other processes of a PID namespace before its first one; one that has no namespace of its own
    can leave some behind, and is not watched.
    """
    with selectors.DefaultSelector() as selector:
        leave, left = os.pipe()
        selector.register(leave, selectors.EVENT_READ)
        for one in running:
            handle = _handle(one)
            if handle is not None:
                selector.register(handle, selectors.EVENT_READ, one.id)
        thread = Thread(target=_watch, args=(selector, told), daemon=True)
        thread.start()
        try:
            yield
        finally:
            os.close(left)
            thread.join()
            for key in tuple(selector.get_map().values()):
                os.close(key.fd)


def _handle(one: Facts) -> int | None:
    """A descriptor that is readable when the process has ended."""
    if not one.pid or one.pid_mode or not hasattr(os, "pidfd_open"):
        return None
    try:
        handle = os.pidfd_open(one.pid)
    except OSError:
        return None
    if is_of_container(one.pid, one.id):
        return handle
    os.close(handle)
    return None


def _watch(selector: selectors.BaseSelector, told: Callable[[str], None]) -> None:
    while True:
        for key, _ in selector.select():
            if key.data is None:
                return
            selector.unregister(key.fileobj)
            os.close(key.fd)
            told(key.data)
