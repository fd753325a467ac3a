"""Files that change, vanish or cannot be read while they are: an archive stays whole, and what was read is told."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from typing import TYPE_CHECKING

import pytest

from seatrial.watch.sync import reading
from seatrial.watch.sync.reading import SMALL, Unfit, Vanished, look

if TYPE_CHECKING:
    from pathlib import Path

BIG = SMALL + 1000


def big(path: Path) -> Path:
    path.write_bytes(os.urandom(BIG))
    return path


def test_a_small_file_is_read_whole_and_a_link_is_itself_unless_it_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("content")
    (tmp_path / "l").symlink_to("a")
    found = look(str(tmp_path / "a"))
    assert (b"".join(found.pieces()), found.size, found.changed) == (b"content", 7, False)
    assert found.digest == hashlib.sha256(b"content").hexdigest()
    assert (look(str(tmp_path / "l")).stamp.kind, look(str(tmp_path / "l")).link) == ("link", b"a")
    assert look(str(tmp_path / "l"), follow=True).digest == found.digest


def test_a_big_file_that_shrinks_is_filled_up_and_told(tmp_path: Path) -> None:
    path = big(tmp_path / "big")
    found = look(str(path))
    os.truncate(path, 100)
    text = b"".join(found.pieces())
    found.close()
    assert (len(text), text[100:].strip(b"\0"), found.changed) == (BIG, b"", True)
    assert found.digest == hashlib.sha256(text).hexdigest()


def test_a_big_file_that_grows_is_cut_and_told(tmp_path: Path) -> None:
    path = big(tmp_path / "big")
    before = path.read_bytes()
    found = look(str(path))
    with path.open("ab") as file:
        file.write(b"more")
    assert (b"".join(found.pieces()) == before, found.changed) == (True, True)
    found.close()


def test_a_small_file_that_changes_while_it_is_read_is_whole_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_text("before")
    whole = reading._all

    def growing(file: io.FileIO) -> bytes:
        with path.open("a") as more:
            more.write(" and after")
        return whole(file)

    monkeypatch.setattr(reading, "_all", growing)
    found = look(str(path))
    assert (found.size, found.content, found.changed) == (16, b"before and after", True)


def test_what_vanishes_or_is_replaced_by_a_link_is_no_failure(tmp_path: Path) -> None:
    with pytest.raises(Vanished):
        look(str(tmp_path / "no"))
    (tmp_path / "file").write_text("")
    with pytest.raises(Vanished):
        look(str(tmp_path / "file" / "below"))


def test_what_cannot_be_read_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_text("secret")

    def forbidden(*_: object, **__: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "open", forbidden)
    with pytest.raises(Unfit, match="cannot be read on this machine: permission denied"):
        look(str(path))


def test_a_disk_that_fails_in_the_middle_leaves_the_archive_whole(tmp_path: Path) -> None:
    found = look(str(big(tmp_path / "big")))

    class Failing(io.FileIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    found.close()
    found.file = Failing(tmp_path / "big")
    assert len(b"".join(found.pieces())) == BIG
    assert "input/output error" in found.broken
    found.close()
