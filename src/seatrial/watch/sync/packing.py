"""Makes the archive of some paths, reading them on the way, and keeps what was read of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.watch.sync.header import END, Entry, header, padding
from seatrial.watch.sync.placing import name_in
from seatrial.watch.sync.reading import Unfit, Vanished, look, unreadable
from seatrial.watch.sync.values import Sent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from seatrial.watch.sync.destination import Destination
    from seatrial.watch.sync.placing import Placed
    from seatrial.watch.sync.reading import Found

_PIECE = 1 << 18
_MADE_MODE = 0o755


class Packing:
    """One archive, streamed: at most a small file and a piece of a big one are held.

    Attributes:
        sent: what the archive holds, or what the container has already in the same state, by path.
        skipped: those of it that the archive need not hold.
        failed: what could not be read.
        again: what vanished or changed while it was read.
        size: bytes of content.
        made: folders in it, by path as the batch has it or as it really is.
    """

    def __init__(self, where: Destination, known: Mapping[str, Sent], *, exact: bool) -> None:
        """`exact` has the nanoseconds of times in it."""
        self._where, self._known, self._exact = where, known, exact
        self.sent: dict[str, Sent] = {}
        self.skipped: set[str] = set()
        self.failed: dict[str, str] = {}
        self.again: set[str] = set()
        self.size = 0
        self.made: dict[str, str] = {}

    def archive(self, placed: Iterable[Placed]) -> Iterator[bytes]:
        """Pieces; none at all where nothing has to be sent."""
        piece = bytearray()
        empty = True
        for one in placed:
            for part in self._member(one):
                piece += part
                if len(piece) >= _PIECE:
                    yield bytes(piece)
                    empty = False
                    piece.clear()
        if piece or not empty:
            yield bytes(piece + END)

    def _member(self, one: Placed) -> Iterator[bytes]:
        try:
            found = look(one.host, follow=one.root)
        except Vanished:
            self.again.add(one.path)
            return
        except Unfit as unfit:
            self.failed[one.path] = str(unfit)
            return
        try:
            if self._has(one, found):
                self.skipped.add(one.path)
            else:
                yield from self._folders(one)
                yield from self._content(one, found)
            if found.broken:
                self.failed[one.path] = found.broken
                return
            self.sent[one.path] = Sent(found.stamp, found.digest)
            if found.changed:
                self.again.add(one.path)
        except OSError as error:
            self.failed[one.path] = unreadable(error)  # while it was compared: nothing of it is in the archive
        finally:
            found.close()

    def _has(self, one: Placed, found: Found) -> bool:
        known = self._known.get(one.path)
        kind, mode = found.stamp.kind, found.stamp.mode
        if kind == "folder":
            return one.there and (known is None or (known.stamp.kind, known.stamp.mode) == (kind, mode))
        if known is None or (known.stamp.kind, known.stamp.mode) != (kind, mode):
            return False
        if found.file is not None and known.stamp.size == found.size:
            found.digest = found.hashed()
        return found.digest == known.digest

    def _folders(self, one: Placed) -> Iterator[bytes]:
        for folder in one.missing:
            if folder not in self.made:
                self.made[folder] = folder
                entry = Entry(name_in(one.way.base, folder), "folder", _MADE_MODE)
                yield header(entry, self._where.owner, exact=self._exact)

    def _content(self, one: Placed, found: Found) -> Iterator[bytes]:
        seen = found.stamp
        name = name_in(one.way.base, one.real)
        entry = Entry(name, seen.kind, seen.mode, found.size, seen.mtime_ns, found.link)
        if seen.kind == "folder":
            self.made[one.path] = one.real
        yield header(entry, self._where.owner, exact=self._exact)
        if seen.kind == "file":
            yield from found.pieces()
            yield padding(found.size)
            self.size += found.size
