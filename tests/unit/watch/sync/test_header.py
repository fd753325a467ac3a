"""Headers that every tar reads as they were meant."""

from __future__ import annotations

import io
import os
import tarfile

import pytest

from seatrial.watch.sync.header import END, Entry, Owner, header, padding

ODD = [
    b"plain", b"a" * 100, b"b" * 101, b"folder/" * 60 + b"x", b"line\nbreak", b"latin\xe9", "\u00fcn\u00ef".encode(),
    b"-rf", b" ", b"l\xe9" * 80,
]  # fmt: skip


def read(text: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(text), mode="r:") as tar:
        return tar.getmembers()


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("exact", [True, False])
def test_any_name_comes_out_again(name: bytes, *, exact: bool) -> None:
    content = b"content"
    entry = Entry(name, "file", 0o4755, len(content), 1_700_000_000_123_456_789)
    (found,) = read(header(entry, Owner(1000, 1001), exact=exact) + content + padding(len(content)) + END)
    assert os.fsencode(found.name) == name
    assert (found.mode, found.size, found.uid, found.gid) == (0o4755, 7, 1000, 1001)
    assert found.mtime == pytest.approx(1_700_000_000.123456789 if exact else 1_700_000_000, abs=1e-6)


def test_links_and_folders_and_large_numbers_come_out_again() -> None:
    link = header(Entry(b"l", "link", 0o777, link=b"t" * 300), Owner(0, 0))
    folder = header(Entry(b"f" * 150, "folder", 0o1777), Owner(3_000_000_000, 1))
    huge = header(Entry(b"h", "file", 0o600, size=9 << 33), Owner(0, 0))
    found = read(link + folder + END)
    assert (found[0].issym(), found[0].linkname) == (True, "t" * 300)
    assert (found[1].isdir(), found[1].name, found[1].uid, found[1].mode) == (True, "f" * 150, 3_000_000_000, 0o1777)
    assert tarfile.TarInfo.frombuf(huge, "utf-8", "surrogateescape").size == 9 << 33
