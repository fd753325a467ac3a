"""One path of the host, read for an archive: what it is, and its content in pieces that are as long as was said."""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatrial.watch.stamp import Stamp, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO

# Up to here a file is read at once, so that its header says what follows.
SMALL = 5_000_000
PIECE = 1 << 20


class Vanished(Exception):
    """It is not there any more, or something else than it was a moment ago."""


class Unfit(Exception):
    """It cannot be sent, for the reason that is the argument."""


@dataclass
class Found:
    """What is at a path.

    Attributes:
        size: bytes of content that `pieces` gives.
        digest: as in `Sent`; "" until a big file has been read.
        changed: whether it changed while it was read.
        broken: why it could not be read to its end; "" where it could.
    """

    stamp: Stamp
    size: int = 0
    digest: str = ""
    link: bytes = b""
    changed: bool = False
    broken: str = ""
    content: bytes = b""
    file: FileIO | None = field(default=None, repr=False)

    def pieces(self) -> Iterator[bytes]:
        """The content, exactly `size` bytes: what has become shorter is filled up, what has become longer is cut."""
        if self.file is None:
            yield self.content
            return
        hashed = hashlib.sha256()
        left = self.size
        while left:
            piece = self._read(min(PIECE, left))
            if not piece:
                piece = bytes(min(PIECE, left))
                self.changed = True
            hashed.update(piece)
            left -= len(piece)
            yield piece
        self.digest = hashed.hexdigest()
        self.changed |= stamp(os.fstat(self.file.fileno())) != self.stamp

    def _read(self, size: int) -> bytes:
        assert self.file is not None  # noqa: S101
        try:
            return b"" if self.broken else self.file.read(size)
        except OSError as error:
            self.broken = unreadable(error)
            return b""

    def hashed(self) -> str:
        """The digest of a big file, which stays to be read."""
        assert self.file is not None  # noqa: S101
        digest = hashlib.file_digest(self.file, "sha256").hexdigest()
        self.file.seek(0)
        return digest

    def close(self) -> None:
        if self.file is not None:
            self.file.close()


def look(path: str, *, follow: bool = False) -> Found:
    """What is there; a link itself, unless `follow`.

    Raises:
        Vanished: nothing is there.
        Unfit: it is no file, folder or link, or it cannot be read.
    """
    try:
        return _looked(path, follow=follow)
    except (FileNotFoundError, NotADirectoryError):
        raise Vanished(path) from None
    except OSError as error:
        raise Unfit(unreadable(error)) from None


def unreadable(error: OSError) -> str:
    return f"cannot be read on this machine: {(error.strerror or str(error)).lower()}"


def _looked(path: str, *, follow: bool) -> Found:
    seen = os.stat(path, follow_symlinks=follow)
    found = stamp(seen)
    if found is None:
        raise Unfit("is neither a file nor a folder nor a link: a pipe, a socket or a device cannot be synced")
    if found.kind == "folder":
        return Found(found)
    if found.kind == "link":
        text = os.readlink(path)
        return Found(found, digest=text, link=os.fsencode(text))
    return _opened(path, follow=follow)


def _opened(path: str, *, follow: bool) -> Found:
    # It may have become a pipe meanwhile, which would keep us waiting; or a link, which would lead us elsewhere.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    try:
        file = io.FileIO(os.open(path, flags))
    except OSError as error:
        if not follow and os.path.islink(path):
            raise Vanished(path) from error
        raise
    found = stamp(os.fstat(file.fileno()))
    if found is not None and found.kind == "file" and found.size > SMALL:
        return Found(found, found.size, file=file)
    with file:
        if found is None or found.kind != "file":
            raise Vanished(path)
        content = _all(file)
        changed = len(content) != found.size or stamp(os.fstat(file.fileno())) != found
    return Found(found, len(content), hashlib.sha256(content).hexdigest(), changed=changed, content=content)


def _all(file: FileIO) -> bytes:
    """To its end; of one that grows all the time, what it had when we began and some more."""
    pieces = []
    left = 2 * SMALL
    while left and (piece := file.read(left)):
        pieces.append(piece)
        left -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
