"""What has changed since an image was built."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatrial.lifecycle.stale.changed import newer, since_built
from seatrial.lifecycle.stale.inputs import Stamp
from seatrial.lifecycle.stale.record import Built, Known, Record, load, save
from seatrial.project import Project

if TYPE_CHECKING:
    from pathlib import Path

BUILT = Built("sha256:1", "d", {"a": Known(1, 100, "aa"), "big": Known(9, 100)})
BOTH = {"a": Stamp(1, 100), "big": Stamp(9, 100)}


def digest(path: str, size: int) -> str:
    assert (path, size) == ("a", 1), "only what time tells apart is read"
    return "aa"


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (BOTH, ""),
        ({**BOTH, "a": Stamp(1, 200)}, ""),  # touched, and the same
        ({**BOTH, "a": Stamp(2, 100)}, "a changed"),
        ({**BOTH, "big": Stamp(9, 200)}, "big changed"),
        ({**BOTH, "b": Stamp(1, 1)}, "b is new"),
        ({"a": Stamp(1, 100)}, "big is gone"),
    ],
)
def test_the_first_change_is_named(found: dict[str, Stamp], why: str) -> None:
    assert since_built(found, BUILT, digest) == why


def test_other_content_of_the_same_size_is_a_change() -> None:
    assert since_built({**BOTH, "a": Stamp(1, 200)}, BUILT, lambda _path, _size: "bb") == "a changed"


def test_without_a_record_the_newest_file_is_held_against_the_image() -> None:
    found = {"a": Stamp(1, 10 * 10**9), "b": Stamp(1, 20 * 10**9)}
    assert newer(found, 15 * 10**9) == "b is newer than its image"
    assert newer(found, 20 * 10**9) == ""
    assert newer({}, 0) == ""


def test_a_record_is_kept_closed_to_others_and_holds_no_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "word.txt").write_text("hunter2")
    project = Project(tmp_path, (tmp_path / "compose.yaml",))
    record = Record(b"k" * 32)
    record.remember("a", "sha256:1", {"context": str(tmp_path), "args": {"T": "s3cret"}}, {"word.txt": Stamp(7, 5)}, {})
    save(project, "shop", record)
    (file,) = (tmp_path / "cache" / "seatrial" / "builds").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert "hunter2" not in file.read_text()
    assert "s3cret" not in file.read_text()
    assert load(project, "shop") == record


@pytest.mark.parametrize("text", ["", "[]", '{"services": {"a": {}}}', '{"key": "zz", "services": {}}'])
def test_a_record_that_is_none_is_as_good_as_none(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    project = Project(tmp_path, (tmp_path / "compose.yaml",))
    save(project, "shop", Record(b"k" * 32))
    next((tmp_path / "cache" / "seatrial" / "builds").iterdir()).write_text(text)
    assert load(project, "shop").services == {}
