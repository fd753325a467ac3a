from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seatrial.lifecycle.patterns import patterns
from seatrial.watch.sieve import Sieve
from seatrial.watch.tree import Tree
from unit.watch.watching import rule

if TYPE_CHECKING:
    from collections.abc import Iterator


def ignoring(root: Path, *ignored: str) -> Sieve:
    return Sieve(str(root), patterns(ignored))


def below(root: Path, tree: Tree) -> dict[str, str]:
    """Path from the root -> kind."""
    return {os.path.relpath(path, root): stamp.kind for path, stamp in tree.entries.items()}


@contextmanager
def as_somebody() -> Iterator[None]:
    """Without the rights of root, for which nothing is closed."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_root() -> Iterator[Path]:
    """A folder to which everybody finds the way."""
    folder = Path(tempfile.mkdtemp(prefix="seatrial-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_files_links_and_folders_that_count_are_entries(root: Path) -> None:
    (root / "src").mkdir()
    (root / "src" / "main.js").touch()
    (root / "link").symlink_to("src")
    (root / "empty").mkdir()
    os.mkfifo(root / "pipe")
    tree = Tree([rule(root)])
    changed = tree.scan()
    assert below(root, tree) == {
        ".": "folder",
        "src": "folder",
        "src/main.js": "file",
        "link": "link",
        "empty": "folder",
    }
    assert changed == set(tree.entries)
    assert tree.scan() == set()


def test_a_pruned_folder_is_neither_entered_nor_listed(root: Path) -> None:
    (root / "node_modules" / "left-pad").mkdir(parents=True)
    (root / "src").mkdir()
    entered: list[str] = []
    tree = Tree([rule(root, ignoring(root, "node_modules"))], entered.append)
    tree.scan()
    assert entered == [str(root), str(root / "src")]
    assert below(root, tree) == {".": "folder", "src": "folder"}


def test_a_folder_is_entered_before_it_is_listed(root: Path) -> None:
    (root / "src").mkdir()

    def enter(folder: str) -> None:
        (Path(folder) / "made-while-entering").touch()

    tree = Tree([rule(root)], enter)
    tree.scan()
    assert {"made-while-entering", "src/made-while-entering"} <= below(root, tree).keys()


def test_a_refresh_looks_at_the_named_paths_only(root: Path) -> None:
    tree = Tree([rule(root)])
    tree.scan()
    (root / "named").touch()
    (root / "other").touch()
    assert tree.refresh([str(root / "named")]) == {str(root / "named")}
    assert tree.refresh([str(root / "named")]) == set()


def test_a_file_whose_clock_jumped_either_way_has_changed(root: Path) -> None:
    file = root / "a"
    file.write_text("same size")
    tree = Tree([rule(root)])
    tree.scan()
    for hours in (-30, 30):
        file.write_text("SAME SIZE"[::-1] if hours > 0 else "SAME SIZE")
        os.utime(file, (1_700_000_000 + hours * 3600,) * 2)
        assert tree.refresh([str(file)]) == {str(file)}


def test_of_a_new_folder_everything_below_is_found(root: Path) -> None:
    tree = Tree([rule(root)])
    tree.scan()
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "b" / "file").touch()
    changed = tree.refresh([str(root / "a" / "b" / "file")])
    assert changed == {str(root / name) for name in ("a", "a/b", "a/b/file")}


def test_with_a_folder_all_below_goes(root: Path) -> None:
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "b" / "file").touch()
    left: list[str] = []
    tree = Tree([rule(root)], leave=left.append)
    tree.scan()
    shutil.rmtree(root / "a")
    changed = tree.refresh([str(root / "a" / "b" / "file")])
    assert changed == {str(root / name) for name in ("a", "a/b", "a/b/file")}
    assert left == [str(root / "a"), str(root / "a/b")]
    assert below(root, tree) == {".": "folder"}


@pytest.mark.parametrize("before", ["file", "folder", "link"])
@pytest.mark.parametrize("after", ["file", "folder", "link"])
def test_one_kind_takes_the_place_of_another(root: Path, before: str, after: str) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "secret").touch()

    def make(path: Path, kind: str) -> None:
        if kind == "folder":
            path.mkdir()
            (path / f"in-{path.name}").touch()
        elif kind == "file":
            path.write_text(path.name, encoding="utf-8")
        else:
            path.symlink_to(outside)

    make(root / "it", before)
    make(root / "new", after)
    tree = Tree([rule(root)])
    tree.scan()
    (root / "it").rename(root / "old")
    (root / "new").rename(root / "it")
    tree.refresh([str(root / "it" / "secret"), str(root / "it"), str(root / "old"), str(root / "new")])
    afresh = Tree([rule(root)])
    afresh.scan()
    assert tree.entries == afresh.entries
    assert below(root, tree)["it"] == after
    assert not any(path.endswith("secret") for path in tree.entries)


def test_a_replaced_folder_above_is_noticed_by_what_happens_in_it(root: Path) -> None:
    (root / "a").mkdir()
    (root / "a" / "old").touch()
    tree = Tree([rule(root)])
    tree.scan()
    (root / "a").rename(root.parent / "away")
    (root / "a").symlink_to(root.parent / "away")
    tree.refresh([str(root / "a" / "old")])
    assert below(root, tree) == {".": "folder", "a": "link"}


def test_a_root_may_be_missing_and_come_with_the_folders_above_it(root: Path) -> None:
    guarded: list[str] = []
    place = root / "later" / "src"
    tree = Tree([rule(place)], guard=guarded.append)
    assert tree.scan() == set()
    assert guarded[-3:] == [str(root), str(root / "later"), str(place)]
    place.mkdir(parents=True)
    (place / "file").touch()
    assert tree.refresh([str(root / "later")]) == {str(place), str(place / "file")}


def test_a_root_may_be_a_file_and_be_replaced(root: Path) -> None:
    file = root / "package.json"
    file.write_text("1", encoding="utf-8")
    (root / "other").touch()
    entered: list[str] = []
    tree = Tree([rule(file)], entered.append)
    assert tree.scan() == {str(file)}
    assert entered == [str(root)]
    (root / "new").write_text("2", encoding="utf-8")
    (root / "new").rename(file)
    assert tree.refresh([str(file), str(root / "other"), str(root / "new")]) == {str(file)}


def test_a_root_that_is_a_link_stands_for_the_folder_it_points_to(root: Path) -> None:
    (root / "real").mkdir()
    (root / "real" / "file").touch()
    (root / "link").symlink_to("real")
    tree = Tree([rule(root / "link")])
    tree.scan()
    assert below(root / "link", tree) == {".": "folder", "file": "file"}


def test_a_root_that_becomes_a_link_to_itself_is_gone(root: Path) -> None:
    (root / "src").mkdir()
    tree = Tree([rule(root / "src")])
    tree.scan()
    (root / "src").rmdir()
    (root / "src").symlink_to("src")
    assert tree.refresh([str(root / "src")]) == {str(root / "src")}
    assert tree.entries == {}
    assert tree.unreadable == {}


def test_roots_may_lie_in_each_other_also_where_the_outer_one_ignores(root: Path) -> None:
    (root / "vendor" / "ours").mkdir(parents=True)
    (root / "vendor" / "ours" / "file").touch()
    (root / "vendor" / "theirs").touch()
    (root / "src" / "part").mkdir(parents=True)
    (root / "src" / "part" / "file").touch()
    outer = rule(root, ignoring(root, "vendor"))
    tree = Tree([outer, rule(root / "vendor" / "ours"), rule(root / "src" / "part")])
    tree.scan()
    assert below(root, tree).keys() == {
        ".",
        "src",
        "src/part",
        "src/part/file",
        "vendor/ours",
        "vendor/ours/file",
    }
    (root / "src" / "part" / "second").touch()
    (root / "vendor" / "ours" / "second").touch()
    (root / "vendor" / "second").touch()
    changed = tree.refresh(str(root / where / "second") for where in ("src/part", "vendor/ours", "vendor"))
    assert changed == {str(root / "src/part/second"), str(root / "vendor/ours/second")}


def test_a_root_below_a_folder_that_becomes_a_link_is_followed_to_where_the_link_leads(root: Path) -> None:
    for parent in ("b", "new"):
        (root / parent / "c").mkdir(parents=True)
        (root / parent / "c" / parent).touch()
    tree = Tree([rule(root), rule(root / "b" / "c")])
    tree.scan()
    (root / "b").rename(root.parent / "away")
    (root / "b").symlink_to("new")
    tree.refresh([str(root / "b")])
    afresh = Tree([rule(root), rule(root / "b" / "c")])
    afresh.scan()
    assert tree.entries == afresh.entries
    assert {"b": "link", "b/c": "folder", "b/c/new": "file"}.items() <= below(root, tree).items()


def test_permissions_of_a_folder_are_a_change_and_new_names_in_it_are_none_of_it(root: Path) -> None:
    (root / "a").mkdir()
    tree = Tree([rule(root)])
    tree.scan()
    (root / "a" / "file").touch()
    assert tree.refresh([str(root / "a" / "file")]) == {str(root / "a" / "file")}
    (root / "a").chmod(0o700)
    assert tree.refresh([str(root / "a")]) == {str(root / "a")}


def test_what_cannot_be_read_is_told_and_what_was_known_of_it_stays(open_root: Path) -> None:
    closed = open_root / "closed"
    closed.mkdir()
    (closed / "file").touch()
    (open_root / "other").touch()
    closed.chmod(0o000)
    with as_somebody():
        tree = Tree([rule(open_root)])
        tree.scan()
        assert tree.unreadable == {str(closed): "Permission denied"}
        assert below(open_root, tree).keys() == {".", "closed", "other"}
    closed.chmod(0o755)
    with as_somebody():
        assert tree.refresh([str(closed)]) == {str(closed), str(closed / "file")}
        assert tree.unreadable == {}
    closed.chmod(0o000)
    with as_somebody():
        tree.refresh([str(closed)])
        assert str(closed / "file") in tree.entries
        assert tree.unreadable == {str(closed): "Permission denied"}


@pytest.mark.parametrize("name", [b"caf\xe9", b"two\nlines", b" space ", b"\xff\xfe"])
def test_any_name_that_a_file_can_have(root: Path, name: bytes) -> None:
    folder = root / os.fsdecode(name)
    tree = Tree([rule(root)])
    tree.scan()
    folder.mkdir()
    (folder / folder.name).touch()
    changed = tree.refresh([str(folder)])
    assert {os.fsencode(path) for path in changed} == {
        os.fsencode(root) + b"/" + name,
        os.fsencode(root) + b"/" + name + b"/" + name,
    }
