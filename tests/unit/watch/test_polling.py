from __future__ import annotations

import os
import queue
import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from seatrial.watch.observer import Hint, Observer
from seatrial.watch.observer.filesystems import FileSystems, kind_of
from seatrial.watch.observer.polling import Poller
from unit.watch.watching import LIMIT_S

if TYPE_CHECKING:
    from pathlib import Path

MOUNTS = r"""22 27 0:21 / / rw,relatime shared:1 - ext4 /dev/sda rw
23 22 0:22 / /mnt/shared\040folder rw - virtiofs share rw
24 22 0:23 / /mnt/shared\040folder/local rw - ext4 /dev/sdb rw
25 22 0:24 / /mnt rw - tmpfs tmpfs rw
26 22 0:25 / /over rw - ext4 /dev/sdc rw
27 22 0:26 / /over rw - fuse.sshfs host: rw
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    file = tmp_path / "mountinfo"
    file.write_text(MOUNTS, encoding="ascii")
    return file


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home", "ext4"),
        ("/mnt/shared folder", "virtiofs"),
        ("/mnt/shared folder/src", "virtiofs"),
        ("/mnt/shared folder/local/src", "ext4"),
        ("/mnt/shared folder 2", "tmpfs"),
        ("/over/src", "fuse.sshfs"),
    ],
)
def test_the_file_system_of_a_path_is_the_innermost_and_uppermost_mount(mounts: Path, path: str, kind: str) -> None:
    assert kind_of(path, mounts) == kind


@pytest.mark.parametrize(
    ("kind", "silent"),
    [("9p", "9p"), ("nfs4", "nfs4"), ("fuse.sshfs", "fuse.sshfs"), ("fuseblk", ""), ("ext4", ""), ("overlay", "")],
)
def test_file_systems_that_others_write_to_are_silent(tmp_path: Path, kind: str, silent: str) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"22 27 0:21 / / rw - {kind} none rw\n", encoding="ascii")
    assert FileSystems(mounts).silent(str(tmp_path)) == silent


def test_where_nobody_says_what_is_mounted_events_are_trusted(tmp_path: Path) -> None:
    assert FileSystems(tmp_path / "missing").silent(str(tmp_path)) == ""


def test_the_poller_tells_of_what_came_went_and_changed(tmp_path: Path) -> None:
    (tmp_path / "same").touch()
    (tmp_path / "old").touch()
    (tmp_path / "changed").touch()
    mailbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    with closing(Poller(mailbox.put, 0.01)) as poller:
        poller.add(str(tmp_path))
        (tmp_path / "old").unlink()
        assert mailbox.get(timeout=LIMIT_S) == Hint(str(tmp_path / "old"), "gone")
        (tmp_path / "changed").write_text("more", encoding="utf-8")
        assert mailbox.get(timeout=LIMIT_S) == Hint(str(tmp_path / "changed"), "written")
        (tmp_path / "new").mkdir()
        assert mailbox.get(timeout=LIMIT_S) == Hint(str(tmp_path / "new"), "written")
        shutil.rmtree(tmp_path)
        told = mailbox.get(timeout=LIMIT_S)
        while told != Hint(str(tmp_path), "gone"):
            told = mailbox.get(timeout=LIMIT_S)


def test_folders_of_a_silent_file_system_are_watched_and_polled(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text("22 27 0:21 / / rw - virtiofs none rw\n", encoding="ascii")
    folder = tmp_path / "shared"
    folder.mkdir()
    mailbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    with closing(Observer(mailbox.put, poll_s=0.01)) as observer:
        observer._systems = FileSystems(mounts)
        observer.enter(str(folder))
        assert observer.polled == {"virtiofs": str(folder)}
        observer._source.leave(str(folder))  # what is written on the other side makes no event here
        (folder / "file").touch()
        os.utime(folder / "file")
        assert mailbox.get(timeout=LIMIT_S) == Hint(str(folder / "file"), "written")
