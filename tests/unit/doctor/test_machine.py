"""Disks, memory, file systems and inotify, judged by what was measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from seatrial.doctor.finding import Status
from seatrial.doctor.machine import disk, file_system, folders, inotify, memory
from seatrial.doctor.machine.disk import Space
from seatrial.doctor.machine.inotify import Budget
from unit.doctor.found import only

GB = 10**9
BUDGET = Budget(watches=8192, instances=128, events=16384)


@pytest.mark.parametrize(
    ("free", "size", "status"),
    [
        (50 * GB, 100 * GB, Status.OK),
        (4 * GB, 100 * GB, Status.WARNING),
        (4 * GB, 20 * GB, Status.OK),
        (GB // 2, 100 * GB, Status.FAILURE),
    ],
)
def test_a_disk_is_judged_by_what_is_free(free: int, size: int, status: Status) -> None:
    assert only(disk.judge([Space("the project", "/", free, size)])).status is status


def test_a_disk_without_inodes_is_told() -> None:
    found = only(disk.judge([Space("the project", "/", 50 * GB, 100 * GB, files_free=10, files=1000)]))
    assert found.status is Status.WARNING
    assert "room for 10 more files" in found.found


def test_the_engines_disk_is_freed_by_docker_and_another_by_hand() -> None:
    assert "docker builder prune" in only(disk.judge([Space("images and volumes", "/", 1, 1)])).fix
    assert "below /home" in only(disk.judge([Space("the project", "/home", 1, 1)])).fix


def test_places_on_one_disk_are_one(tmp_path: Path) -> None:
    (space,) = disk.looked([("a", tmp_path), ("b", tmp_path / "not" / "there")])
    assert space.what == "a, b"
    assert 0 < space.free <= space.size


def test_what_cannot_be_written_to_is_told_and_what_is_no_disk_has_no_room_to_run_out_of() -> None:
    (closed,) = disk.judge(disk.looked([("what is kept", Path("/proc/nobody"))]))
    assert closed.status is Status.WARNING
    assert closed.found == "this user cannot write to what is kept (/proc/nobody)"
    (project,) = disk.judge(disk.looked([(disk.PROJECT, Path("/proc/nobody"))]))
    assert "XDG_CACHE_HOME" not in project.fix


def test_limits_that_do_not_fit_into_the_engine_are_told() -> None:
    services: dict[str, dict[str, Any]] = {
        "a": {"mem_limit": str(3 * GB)},
        "b": {"deploy": {"resources": {"limits": {"memory": str(2 * GB)}}}},
    }
    assert memory.limits(services) == 5 * GB
    assert only(memory.judge(9 * GB, 4 * GB, 5 * GB)).status is Status.WARNING
    assert only(memory.judge(9 * GB, 6 * GB, 5 * GB)).status is Status.OK


def test_little_memory_is_told_where_the_engine_is_here() -> None:
    assert only(memory.judge(GB // 10, 8 * GB, 0)).status is Status.WARNING
    assert only(memory.judge(None, 8 * GB, 0)).status is Status.OK
    assert only(memory.judge(None, 0, 0)).status is Status.SKIPPED


MOUNTS = r"""
/dev/sda / ext4 rw 0 0
C:\134 /mnt/c 9p rw 0 0
server:/x /home/me/far\040away nfs4 rw 0 0
tmpfs /home tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/shop", "ext4"),
        ("/mnt/c/shop", "9p"),
        ("/mnt/cd", "ext4"),
        ("/home/me/far away/shop", "nfs4"),
        ("/home", "tmpfs"),
    ],
)
def test_the_innermost_mount_counts(folder: str, kind: str) -> None:
    assert file_system.kind(MOUNTS, folder) == kind


def test_a_windows_disk_under_wsl_is_told_apart_from_a_shared_folder() -> None:
    assert "Windows disk" in only(file_system.judge("/mnt/c/shop", "9p", wsl=True)).found
    assert only(file_system.judge("/home/me/shop", "ext4", wsl=True)).status is Status.OK
    assert "virtiofs" in only(file_system.judge("/shop", "virtiofs", wsl=False)).found


@pytest.mark.parametrize(
    ("budget", "needed", "status", "words"),
    [
        (BUDGET, 100, Status.OK, "100 folders to watch"),
        (BUDGET, 7000, Status.WARNING, "fs.inotify.max_user_watches=16384"),
        (BUDGET, 9000, Status.FAILURE, "fs.inotify.max_user_watches=32768"),
        (replace(BUDGET, watches_used=8100), 100, Status.FAILURE, "fs.inotify.max_user_watches"),
        (replace(BUDGET, instances_used=120), 1, Status.WARNING, "fs.inotify.max_user_instances=1024"),
        (replace(BUDGET, events=1024), 1, Status.WARNING, "fs.inotify.max_queued_events=16384"),
        (None, 1, Status.SKIPPED, "no inotify"),
    ],
)
def test_inotify_is_held_against_the_folders(budget: Budget | None, needed: int, status: Status, words: str) -> None:
    found = only(inotify.judge(budget, needed))
    assert found.status is status
    assert words in found.fix + found.found


class Watched:
    """A rule that leaves out folders of some names."""

    def __init__(self, path: Path, *out: str) -> None:
        self.path, self._out = str(path), out

    def prunes(self, folder: str) -> bool:
        return folder.rpartition("/")[2] in self._out


def test_folders_are_counted_without_those_that_a_rule_leaves_out(tmp_path: Path) -> None:
    for path in ("src/deep/er", "node_modules/a/b", "vendor/node_modules/c", "docs"):
        (tmp_path / path).mkdir(parents=True)
    assert folders.counted([Watched(tmp_path, "node_modules")]) == len(
        ["", "src", "src/deep", "src/deep/er", "vendor", "docs"]
    )


def test_folders_of_several_rules_count_once_and_a_file_by_its_folder(tmp_path: Path) -> None:
    (tmp_path / "src" / "deep").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "file").touch()
    both = [Watched(tmp_path / "src", "deep"), Watched(tmp_path / "src" / "deep")]
    assert folders.counted([*both, Watched(tmp_path / "gone" / "far")]) == 2
    assert folders.counted([*both, Watched(tmp_path / "file")]) == 3


def test_this_machines_budget_is_read() -> None:
    found = inotify.looked()
    assert found is None or found.watches > 0
