"""One `up` or run of drills per project at a time: two would undo each other's work, or take it for the service's."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from seatrial.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# The kernel wakes nobody up who wants a limit to the wait.
_AGAIN_S = 0.1


@contextmanager
def held(
    folder: Path, project_name: str, doing: str, *, wait_s: float = 0.0, tell: Callable[[str], None] = lambda _: None
) -> Iterator[None]:
    """Hold the project's lock, a file in `folder` that says who is `doing` what. The kernel lets go when we die.

    Raises:
        Busy: somebody else holds it, and still does after `wait_s`; it says who.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(folder / f"{project_name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        tell(f"warning: {folder} cannot be written ({error.strerror}): a second `{doing}` would not wait for this one")
        yield
        return
    try:
        deadline = time.monotonic() + wait_s
        told = False
        while not _taken(descriptor):
            who = os.pread(descriptor, 200, 0).decode(errors="replace").strip() or "another process"
            if time.monotonic() >= deadline:
                raise Busy(who, project_name, who.partition(" (")[2].removesuffix(")") or who)
            if not told:
                tell(f"{who} is busy with project {project_name}; waiting until it has ended")
                told = True
            time.sleep(_AGAIN_S)
        with suppress(OSError):  # a full disk: the lock holds without its name
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"`{doing}` (process {os.getpid()})".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def is_held(folder: Path, project_name: str) -> bool:
    """Whether somebody holds it now."""
    try:
        descriptor = os.open(folder / f"{project_name}.lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _taken(descriptor)
    finally:
        os.close(descriptor)


def holder(folder: Path, project_name: str) -> str:
    """What holds it, as `` `drill` (process 7) ``; "" when nothing does. It never takes the lock from an `up`."""
    try:
        who = (folder / f"{project_name}.lock").read_text(encoding="utf-8", errors="replace").strip()
        os.kill(int(who.rpartition(" ")[2].removesuffix(")")), 0)
    except (OSError, ValueError, OverflowError):
        return ""
    return who if is_held(folder, project_name) else ""


def freed(folder: Path, project_name: str, within_s: float) -> bool:
    """Whether nobody holds it any more; waits for that up to `within_s`."""
    deadline = time.monotonic() + within_s
    while is_held(folder, project_name):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_AGAIN_S)
    return True


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
