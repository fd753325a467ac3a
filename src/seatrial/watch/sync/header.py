"""Headers of a tar, as the engine and the tars of containers read them. Pure: `tarfile` takes ten times as long.

Names are bytes. A long one goes the way of GNU tar, which busybox knows too; the nanoseconds go the way of PAX.
"""

from __future__ import annotations

import uuid
from typing import NamedTuple

BLOCK = 512
END = bytes(2 * BLOCK)
_NAME = 100
_TYPES = {"file": b"0", "link": b"2", "folder": b"5"}


class Owner(NamedTuple):
    uid: int
    gid: int


class Entry(NamedTuple):
    """One member: `kind` as in `Stamp`; `name` is relative, `link` the text of a link."""

    name: bytes
    kind: str
    mode: int
    size: int = 0
    mtime_ns: int = 0
    link: bytes = b""


def header(entry: Entry, owner: Owner, *, exact: bool = True) -> bytes:
    """The blocks before the content; `exact` has the nanoseconds in it, which not every tar takes."""
    name = entry.name + b"/" if entry.kind == "folder" else entry.name
    before = b""
    seconds, rest = divmod(entry.mtime_ns, 1_000_000_000)
    if exact and rest:
        before += _member(b"PaxHeader", b"x", _record(b"mtime", b"%d.%09d" % (seconds, rest)))
    if len(name) > _NAME:
        before += _member(b"././@LongLink", b"L", name + b"\0")
    if len(entry.link) > _NAME:
        before += _member(b"././@LongLink", b"K", entry.link + b"\0")
    type_ = _TYPES[entry.kind]
    return before + _block(name, type_, entry.mode, owner, entry.size, max(seconds, 0), entry.link)


def deletion(name: bytes) -> bytes:
    """A second name of a file that does not exist."""
    missing = b".seatrial-%s" % uuid.uuid4().hex.encode()
    before = _member(b"././@LongLink", b"L", name + b"\0") if len(name) > _NAME else b""
    return before + _block(name, b"1", 0o644, Owner(0, 0), 0, 0, missing)


def padding(size: int) -> bytes:
    """What follows content of that size."""
    return bytes(-size % BLOCK)


def _member(name: bytes, type_: bytes, content: bytes) -> bytes:
    return _block(name, type_, 0o644, Owner(0, 0), len(content), 0, b"") + content + padding(len(content))


def _record(key: bytes, value: bytes) -> bytes:
    """A record of PAX begins with its own length, these digits among it."""
    bare = len(key) + len(value) + 3
    length = bare + len(str(bare))
    length = bare + len(str(length))
    return b"%d %s=%s\n" % (length, key, value)


def _block(name: bytes, type_: bytes, mode: int, owner: Owner, size: int, seconds: int, link: bytes) -> bytes:  # noqa: PLR0913, PLR0917
    fields = b"".join(
        (
            name[:_NAME].ljust(_NAME, b"\0"),
            _number(mode & 0o7777, 8),
            _number(owner.uid, 8),
            _number(owner.gid, 8),
            _number(size, 12),
            _number(seconds, 12),
            b"        ",
            type_,
            link[:_NAME].ljust(_NAME, b"\0"),
            b"ustar  \0",
        )
    ).ljust(BLOCK, b"\0")
    return fields[:148] + b"%06o\0 " % sum(fields) + fields[156:]


def _number(value: int, width: int) -> bytes:
    if value < 8 ** (width - 1):
        return b"%0*o\0" % (width - 1, value)
    return b"\x80" + value.to_bytes(width - 1, "big")
