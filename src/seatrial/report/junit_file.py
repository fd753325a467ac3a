"""Writes a JUnit report: whole or not at all, and known to be possible before anything is disturbed for it."""

from __future__ import annotations

import os
import platform
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.errors import UsageError
from seatrial.report import junit

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from seatrial.drill.run import Report


def ready(name: str) -> Path:
    """The file called `name`, which can be written.

    Raises:
        UsageError: it cannot, and why.
    """
    path = Path(name)
    folder = path.parent
    if not folder.is_dir():
        raise UsageError(f"cannot write the JUnit report {path}: there is no folder {folder}", fix=f"mkdir -p {folder}")
    if path.is_dir():
        raise UsageError(f"cannot write the JUnit report {path}: it is a folder", fix="name a file")
    if not os.access(path if path.exists() else folder, os.W_OK) or (path.is_file() and not os.access(folder, os.W_OK)):
        raise UsageError(f"cannot write the JUnit report {path}: permission denied", fix="name another file")
    return path


def write(path: Path, project: str, found: Report, began: datetime, redact: Callable[[str], str]) -> None:
    """Write it. Raises `UsageError` when that fails in spite of all."""
    told = junit.text(project, found, began, platform.node(), redact)
    try:
        _put(path, told)
    except OSError as error:
        fix = "name another file"
        raise UsageError(f"cannot write the JUnit report {path}: {error.strerror}", fix=fix) from None


def _put(path: Path, told: str) -> None:
    if path.exists() and not path.is_file():  # a pipe or a device: nothing could take its place
        path.write_text(told, encoding="utf-8")
        return
    path = path.resolve()  # a link stays one
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(told)
        Path(beside).chmod(_mode(path))
        Path(beside).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(beside).unlink()
        raise


def _mode(path: Path) -> int:
    """That of the file that is there, else that of any new one."""
    with suppress(FileNotFoundError):
        return path.stat().st_mode & 0o777
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask
