"""The place of an env file on disk: read whole, written whole, and never half of either when interrupted."""

import errno
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from seatrial.plain_file import read_bytes

_NEW_MODE = 0o600
_TEMPORARY = ".seatrial-"
_SUFFIX = ".tmp"


class BusyError(OSError):
    """Somebody else holds the lock of this folder."""


class ChangedError(OSError):
    """The file is not what was read any more; nothing was written."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an env file is, links followed, and what was read there; `status` is None when there is no file."""

    path: Path
    data: bytes = field(default=b"", repr=False)
    status: os.stat_result | None = None

    @property
    def mode(self) -> int:
        return _NEW_MODE if self.status is None else stat.S_IMODE(self.status.st_mode)


def followed(path: Path) -> Path:
    """The absolute path behind all links; the file itself need not exist. Raises `OSError` for a loop of links."""
    try:
        return path.resolve()
    except RuntimeError:  # Python before 3.13
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from None


def read(path: Path) -> Place:
    """Read a regular file, following links; a missing one is an empty place.

    Raises `OSError` for whatever else is there: a folder, a device, a loop of links, a file that may not be read.
    """
    real = followed(path)
    if not real.parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "there is no folder for it", str(real.parent))
    try:
        return Place(real, *read_bytes(real))
    except FileNotFoundError:
        return Place(real)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder without leaving a file in it. Raises `BusyError` at once when it is taken.

    Where a file system knows no locks the check in `write` is what remains.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(*error.args) from None
        except OSError:
            pass
        yield
    finally:
        os.close(descriptor)


def write(place: Place, data: bytes) -> None:
    """Put `data` in the place of what was read there, in one step, with the mode and owner that it had (new: 0600).

    Call it under `locked`. Raises `ChangedError` when the file changed since it was read, `OSError` when it cannot be
    written; then everything is as it was.
    """
    _remove_leftovers(place.path)
    temporary = place.path.with_name(f"{place.path.name}{_TEMPORARY}{secrets.token_hex(6)}{_SUFFIX}")
    try:
        _write_new(temporary, place, data)
        again = read(place.path)
        if again.data != place.data or (again.status is None) != (place.status is None):
            raise ChangedError(errno.EBUSY, "it changed meanwhile", str(place.path))
        if place.status is None:
            _link(temporary, place.path)
        else:
            temporary.replace(place.path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(place.path.parent)


def create(path: Path, data: bytes) -> None:
    """Put `data` into a file that is not there yet, in one step, with the mode that the umask gives.

    Raises `ChangedError` when something is there, `OSError` when it cannot be written.
    """
    temporary = path.with_name(f"{path.name}{_TEMPORARY}{secrets.token_hex(6)}{_SUFFIX}")
    if path.exists() or path.is_symlink():
        raise ChangedError(errno.EEXIST, "it is there already", str(path))
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _link(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _write_new(temporary: Path, place: Place, data: bytes) -> None:
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, _NEW_MODE)
    with os.fdopen(descriptor, "wb") as file:
        owner = place.status
        mine = os.fstat(descriptor)
        if owner and (owner.st_uid, owner.st_gid) != (mine.st_uid, mine.st_gid):
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        os.fchmod(descriptor, place.mode)
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _link(temporary: Path, path: Path) -> None:
    """Give a new file its name only if nobody took it meanwhile; without hard links the lock has to do."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise ChangedError(errno.EEXIST, "it was created meanwhile", str(path)) from None
    except OSError:
        temporary.replace(path)


def _remove_leftovers(path: Path) -> None:
    """A run that was killed leaves its temporary file, which holds secrets."""
    for leftover in path.parent.glob(f"{_escaped(path.name)}{_TEMPORARY}*{_SUFFIX}"):
        with suppress(OSError):
            leftover.unlink()


def _escaped(name: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
