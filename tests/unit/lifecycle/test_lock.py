"""One run of drills at a time: who comes second is told, or waits as long as it says."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from seatrial.errors import UsageError
from seatrial.lifecycle import lock
from seatrial.watch.status import alone

if TYPE_CHECKING:
    from pathlib import Path


def test_the_second_one_is_told(tmp_path: Path) -> None:
    with (
        lock.held(tmp_path, "shop", "up"),
        pytest.raises(UsageError, match="busy with project shop"),
        lock.held(tmp_path, "shop", "up"),
    ):
        pass


def test_another_project_is_free(tmp_path: Path) -> None:
    with lock.held(tmp_path, "shop", "up"), lock.held(tmp_path, "bank", "up"):
        pass


def test_who_waits_gets_it_when_the_first_one_is_done(tmp_path: Path) -> None:
    turns: list[str] = []

    def second() -> None:
        with lock.held(tmp_path, "shop", "up", wait_s=60):
            turns.append("second")

    waiting = threading.Thread(target=second)
    with lock.held(tmp_path, "shop", "up"):
        waiting.start()
        waiting.join(0.3)
        turns.append("first")
    waiting.join(60)
    assert turns == ["first", "second"]


def test_nobody_waits_for_ever(tmp_path: Path) -> None:
    with lock.held(tmp_path, "shop", "up"), pytest.raises(UsageError), lock.held(tmp_path, "shop", "up", wait_s=0.2):
        pass


def test_a_second_watch_is_told_in_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with alone("shop"), pytest.raises(UsageError) as told, alone("shop"):
        pass
    assert told.value.what == f"process {os.getpid()} watches project shop already"
    assert told.value.fix == "`watch.status` tells how it is, `watch.stop` ends it"
    with alone("shop"):
        pass


def test_a_folder_that_cannot_be_made_costs_one_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said: list[str] = []
    with lock.held(tmp_path / "file" / "cache", "shop", "up", tell=said.append):
        pass
    assert len(said) == 1
    assert "cannot be written (Not a directory)" in said[0]


def test_a_full_disk_does_not_keep_the_lock_from_holding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with lock.held(tmp_path, "shop", "up"):
        assert lock.is_held(tmp_path, "shop")


def test_the_holder_is_named_for_as_long_as_it_holds_the_lock(tmp_path: Path) -> None:
    assert lock.holder(tmp_path, "shop") == ""
    with lock.held(tmp_path, "shop", "drill"):
        assert lock.holder(tmp_path, "shop") == f"`drill` (process {os.getpid()})"
    assert lock.holder(tmp_path, "shop") == ""
    (tmp_path / "shop.lock").write_text("no process")
    assert lock.holder(tmp_path, "shop") == ""
