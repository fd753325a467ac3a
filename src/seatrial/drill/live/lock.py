"""One run of drills per project at a time: two would take each other's faults for the service's."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from seatrial.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The kernel wakes nobody up who wants a limit to the wait.
_AGAIN_S = 0.1


@contextmanager
def held(folder: Path, project_name: str, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the project's lock, a file in `folder`. The kernel lets go of it when we die.

    Raises:
        UsageError: somebody else holds it, and still does after `wait_s`.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / f"{project_name}.drill.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + wait_s
        while not _taken(descriptor):
            if time.monotonic() >= deadline:
                text = f"another run of drills is busy with project {project_name}"
                raise UsageError(text, fix="wait until it has ended")
            time.sleep(_AGAIN_S)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
