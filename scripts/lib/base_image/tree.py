"""A file tree in memory and its byte-stable tar. Pure but for the file it writes to."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Entry:
    """A file (`content`), a symbolic link (`target`) or, with neither, a folder. `mode` is the permission bits."""

    mode: int = 0o755
    content: bytes | None = None
    target: str | None = None
    uid: int = 0
    gid: int = 0


Tree = Mapping[str, Entry]
"""Path without a leading slash → what lies there."""


def file(content: bytes | str, mode: int = 0o644) -> Entry:
    """A file of root's."""
    return Entry(mode, content.encode() if isinstance(content, str) else content)


def link(target: str) -> Entry:
    """A symbolic link."""
    return Entry(0o777, target=target)


def with_parents(tree: Tree) -> dict[str, Entry]:
    """The tree with every folder that its paths imply, sorted by path."""
    full = dict(tree)
    for path in tree:
        parts = path.split("/")[:-1]
        for count in range(1, len(parts) + 1):
            full.setdefault("/".join(parts[:count]), Entry())
    return dict(sorted(full.items()))


def write_tar(tree: Tree, out: BinaryIO) -> str:
    """Write the tree as one tar whose bytes depend on the tree alone; the SHA-256 of those bytes."""
    summing = _Summing(out)
    with tarfile.open(fileobj=summing, mode="w|", format=tarfile.GNU_FORMAT) as tar:  # type: ignore[call-overload]
        for path, entry in with_parents(tree).items():
            tar.addfile(_header(path, entry), io.BytesIO(entry.content) if entry.content is not None else None)
    return summing.sum.hexdigest()


def _header(path: str, entry: Entry) -> tarfile.TarInfo:
    info = tarfile.TarInfo(path)
    info.mode, info.uid, info.gid, info.mtime = entry.mode, entry.uid, entry.gid, 0
    if entry.content is not None:
        info.size = len(entry.content)
    elif entry.target is not None:
        info.type, info.linkname = tarfile.SYMTYPE, entry.target
    else:
        info.type = tarfile.DIRTYPE
    return info


class _Summing:
    """Passes bytes on and sums them up."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.sum = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.sum.update(data)
        return self.out.write(data)
