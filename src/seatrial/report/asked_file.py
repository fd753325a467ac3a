"""Writes a file that somebody asked for: whole or not at all, and known to be possible before anything is done."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from seatrial.errors import UsageError


def ready(name: str, what: str) -> Path:
    """The file called `name`, which can be written; `what` it is, for the error (`the report page`).

    Raises:
        UsageError: it cannot, and why.
    """
    path = Path(name)
    folder = path.parent
    if not folder.is_dir():
        raise UsageError(f"cannot write {what} {path}: there is no folder {folder}", fix=f"mkdir -p {folder}")
    if path.is_dir():
        raise UsageError(f"cannot write {what} {path}: it is a folder", fix="name a file")
    if not os.access(path if path.exists() else folder, os.W_OK) or (path.is_file() and not os.access(folder, os.W_OK)):
        raise UsageError(f"cannot write {what} {path}: permission denied", fix="name another file")
    return path


def write(path: Path, content: str | bytes, what: str, *, mode: int | None = None) -> None:
    """Write it, a new one with `mode`; None is that of any new file.

    Raises:
        UsageError: that fails in spite of all.
    """
    told = content.encode(errors="replace") if isinstance(content, str) else content
    try:
        _put(path, told, mode)
    except OSError as error:
        fix = "name another file"
        raise UsageError(f"cannot write {what} {path}: {error.strerror}", fix=fix) from None


def _put(path: Path, told: bytes, mode: int | None) -> None:
    if path.exists() and not path.is_file():  # a pipe or a device: nothing could take its place
        path.write_bytes(told)
        return
    path = path.resolve()  # a link stays one
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(told)
        Path(beside).chmod(_mode(path) if mode is None or path.exists() else mode)
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
