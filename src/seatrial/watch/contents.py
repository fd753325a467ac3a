"""What files on the host hold, as digests; read once for each state of a file."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seatrial.watch.tree import Stamp

# More, or bigger ones, are not read only to know whether they will have changed.
_MOST = 5_000
_BIGGEST = 1_000_000


class Contents:
    """By path the digest (SHA-256, hexadecimal) of a file, or of what a link points to; from any thread."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Stamp, str]] = {}

    def digest(self, path: str, stamp: Stamp) -> str:
        """The digest of what stands at `path`, which was seen as `stamp`; "" for a folder.

        Raises:
            OSError: it cannot be read, or is gone.
        """
        known = self._known.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        found = _digest(path, stamp)
        self._known[path] = (stamp, found)
        return found

    def prime(self, entries: Mapping[str, Stamp], paths: Iterable[str]) -> None:
        """Read what is worth it, so that a touch can be told from a change."""
        for path in list(paths)[:_MOST]:
            stamp = entries.get(path)
            if stamp and stamp.kind == "file" and stamp.size <= _BIGGEST:
                try:
                    self.digest(path, stamp)
                except OSError:
                    continue

    def changed(self, path: str, stamp: Stamp | None) -> bool:
        """Whether it holds something else than when it was read last; what was never read counts as changed."""
        known = self._known.get(path)
        if stamp is None or stamp.kind == "folder":
            self._known.pop(path, None)
            return stamp is None
        try:
            found = self.digest(path, stamp)
        except OSError:
            return True
        return known is None or known[0].mode != stamp.mode or known[1] != found


def _digest(path: str, stamp: Stamp) -> str:
    if stamp.kind == "folder":
        return ""
    if stamp.kind == "link":
        return hashlib.sha256(os.fsencode(os.readlink(path))).hexdigest()  # noqa: PTH115  a Path would change the bytes
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
