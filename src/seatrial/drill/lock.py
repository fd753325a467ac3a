"""One run of drills per project at a time: two would take each other's faults for the service's."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from seatrial.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def held(folder: Path, project_name: str) -> Iterator[None]:
    """Hold the project's lock, a file in `folder`. The kernel lets go of it when we die.

    Raises:
        UsageError: somebody else holds it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / f"{project_name}.drill.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"another run of drills is busy with project {project_name}", fix="wait until it has ended"
            ) from None
        yield
    finally:
        os.close(descriptor)
