"""Reads files that a project names. A pipe, a socket or a device is refused at once: reading it could take for ever."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


_KINDS = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))


def other_kind(path: Path) -> str:
    """Return what a path is that is no regular file, as `a pipe`; "" for a file, for /dev/null, and for nothing.

    Raises:
        OSError: it cannot be looked up.
    """
    try:
        found = os.stat(path)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return ""
    if stat.S_ISREG(found.st_mode) or found.st_rdev == os.stat(os.devnull).st_rdev:  # noqa: PTH116
        return ""
    return next((kind for is_one, kind in _KINDS if is_one(found.st_mode)), "a device")


def read_bytes(path: Path, most: int = -1) -> tuple[bytes, os.stat_result]:
    """Return at most `most` bytes of a regular file, and its status.

    Raises:
        OSError: it is missing, no regular file, or cannot be read.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116  to open a pipe would cost its writer a reader
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
        return file.read(most), status


def read_text(path: Path, errors: str = "replace", most: int = -1) -> str:
    """Return the text of a regular file (UTF-8). Raises as `read_bytes` does."""
    return read_bytes(path, most)[0].decode("utf-8", errors)
