"""Standard streams that are closed, or whose reader has gone (`| head`)."""

from __future__ import annotations

import os
import select
import sys
from contextlib import suppress


def prepare() -> None:
    """Open what the caller has closed (`>&-`): a file that is opened later must not become our output.

    Characters that the locale's encoding does not have are replaced.
    """
    for descriptor, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            with suppress(OSError):
                opened = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
                if opened != descriptor:
                    os.dup2(opened, descriptor)
                setattr(sys, name, os.fdopen(descriptor, mode))
    with suppress(AttributeError):  # a stream of a test
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]


def reader_gone() -> bool:
    """Whether a pipe that we write to has no reader any more."""
    poll = select.poll()
    for descriptor in (1, 2):
        poll.register(descriptor, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))


def silence() -> None:
    """Write nothing more: Python would complain at exit about what it could not flush."""
    with suppress(OSError):
        null = os.open(os.devnull, os.O_WRONLY)
        for descriptor in (1, 2):
            if descriptor == 1 or reader_gone():
                os.dup2(null, descriptor)
