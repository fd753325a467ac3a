"""On a real file system with real events; Linux."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seatrial.lifecycle.patterns import patterns
from seatrial.watch.observer import Hint, Lost, Observer
from seatrial.watch.observer.canary import Canary
from seatrial.watch.observer.inotify import Inotify
from seatrial.watch.sieve import Sieve
from unit.watch.watching import LIMIT_S, Watching, rule

if TYPE_CHECKING:
    from collections.abc import Callable

    Watch = Callable[..., Watching]


def inotify(watching: Watching) -> Inotify:
    source = watching.observer._source
    assert isinstance(source, Inotify)
    return source


def test_a_save_is_told_when_the_file_is_closed(watch: Watch, root: Path) -> None:
    (root / "main.js").touch()
    watching = watch()
    with (root / "main.js").open("w", encoding="utf-8") as file:
        file.write("half")
        file.flush()
        watching.wait_for(root / "main.js", "writing")
    watching.wait_for(root / "main.js", "written")
    watching.settle()
    watching.assert_equal()


def test_a_save_by_renaming_is_told_as_written(watch: Watch, root: Path) -> None:
    watching = watch()
    (root / "new").write_text("new", encoding="utf-8")
    (root / "new").rename(root / "main.js")
    assert str(root / "main.js") in watching.settle()
    assert watching.kinds(root / "main.js") == ["written"]
    assert watching.kinds(root / "new")[-1] == "gone"


def test_permissions_and_times_are_told_as_touched(watch: Watch, root: Path) -> None:
    (root / "run.sh").touch()
    watching = watch()
    (root / "run.sh").chmod(0o755)
    assert watching.settle() == {str(root / "run.sh")}
    assert watching.kinds(root / "run.sh") == ["touched"]


def test_only_useful_folders_are_watched(watch: Watch, root: Path) -> None:
    for number in range(5_000):
        (root / "node_modules" / f"package-{number}").mkdir(parents=True)
    for number in range(50):
        (root / "src" / f"part-{number}").mkdir(parents=True)
    watching = watch(rule(root, Sieve(str(root), patterns(["node_modules"]))))
    way, tidings = len(root.parents), 1  # in the folders above only the names on the way are of interest
    assert watching.observer.watches == 52 + way + tidings


def test_folders_made_one_in_the_other_are_watched_to_the_innermost(watch: Watch, root: Path) -> None:
    watching = watch()
    (root / "a" / "b" / "c").mkdir(parents=True)
    (root / "a" / "b" / "c" / "early").touch()
    watching.settle()
    (root / "a" / "b" / "c" / "late").touch()
    assert watching.settle() == {str(root / "a/b/c/late")}
    watching.assert_equal()


def test_a_save_in_a_renamed_folder_comes_under_the_new_name(watch: Watch, root: Path) -> None:
    (root / "old" / "deep").mkdir(parents=True)
    (root / "old" / "deep" / "file").touch()
    watching = watch()
    before = watching.observer.watches
    (root / "old").rename(root / "new")
    changed = watching.settle()
    assert {str(root / "old/deep/file"), str(root / "new/deep/file")} <= changed
    watching.hints.clear()
    (root / "new" / "deep" / "file").write_text("saved", encoding="utf-8")
    assert watching.settle() == {str(root / "new/deep/file")}
    assert {hint.path for hint in watching.hints} == {str(root / "new/deep/file")}
    assert watching.observer.watches == before
    watching.assert_equal()


def test_a_renamed_folder_has_only_its_new_name_though_nobody_left_the_old_one(watch: Watch, root: Path) -> None:
    (root / "old").mkdir()
    watching = watch()
    (root / "old").rename(root / "new")
    watching.observer.enter(str(root / "new"))
    (root / "new" / "file").touch()
    watching.wait_for(root / "new" / "file", "written")
    assert watching.kinds(root / "old" / "file") == []


def test_a_folder_that_is_moved_away_is_watched_no_more(watch: Watch, root: Path) -> None:
    (root / "a" / "b").mkdir(parents=True)
    watching = watch()
    before = watching.observer.watches
    (root / "a").rename(root.parent / "away")
    watching.settle()
    assert watching.observer.watches == before - 2
    watching.hints.clear()
    (root.parent / "away" / "b" / "file").touch()
    watching.settle()
    assert watching.hints == []


def test_a_folder_made_again_under_its_name_is_another_one_though_it_may_get_the_same_inode(
    watch: Watch, root: Path
) -> None:
    (root / "a").mkdir()
    watching = watch()
    for _ in range(20):
        (root / "a").rmdir()
        (root / "a").mkdir()
        watching.settle()
        (root / "a" / "file").touch()
        assert watching.settle() == {str(root / "a/file")}
        (root / "a" / "file").unlink()
        watching.settle()


@pytest.mark.parametrize("way", ["deleted and made", "moved and made", "folder above swapped"])
def test_a_root_that_is_replaced_is_followed(watch: Watch, root: Path, way: str) -> None:
    place = root / "app" / "src"
    place.mkdir(parents=True)
    (place / "file").touch()
    watching = watch(rule(place))
    if way == "deleted and made":
        shutil.rmtree(root / "app")
        watching.settle()
        assert watching.tree.entries == {}
        place.mkdir(parents=True)
    elif way == "moved and made":
        place.rename(root / "app" / "was")
        place.mkdir()
    else:
        (root / "next" / "src").mkdir(parents=True)
        (root / "app").rename(root / "was")
        (root / "next").rename(root / "app")
    watching.settle()
    (place / "later").touch()
    assert str(place / "later") in watching.settle()
    watching.assert_equal()


def test_a_root_that_is_a_file_is_followed_through_atomic_saves(watch: Watch, root: Path) -> None:
    file = root / "package.json"
    file.touch()
    watching = watch(rule(file))
    for text in ("one", "two and more"):
        (root / "new").write_text(text, encoding="utf-8")
        (root / "new").rename(file)
        assert watching.settle() == {str(file)}
    file.unlink()
    assert watching.settle() == {str(file)}
    assert watching.tree.entries == {}
    file.write_text("three", encoding="utf-8")
    assert watching.settle() == {str(file)}


def test_a_root_that_is_a_link_is_followed_to_where_it_points_next(watch: Watch, root: Path) -> None:
    for release in ("one", "two"):
        (root / release).mkdir()
        (root / release / release).touch()
    (root / "current").symlink_to("one")
    watching = watch(rule(root / "current"))
    (root / "next").symlink_to("two")
    (root / "next").rename(root / "current")
    watching.settle()
    assert watching.tree.entries.keys() == {str(root / "current"), str(root / "current/two")}
    (root / "two" / "more").touch()
    assert watching.settle() == {str(root / "current/more")}


def test_two_roots_on_one_folder_are_both_told(watch: Watch, root: Path) -> None:
    (root / "real").mkdir()
    (root / "link").symlink_to("real")
    watching = watch(rule(root / "real"), rule(root / "link"))
    (root / "real" / "file").touch()
    assert watching.settle() == {str(root / "real/file"), str(root / "link/file")}


def test_of_the_folders_above_a_root_nothing_else_is_told(watch: Watch, root: Path) -> None:
    (root / "src").mkdir()
    watching = watch(rule(root / "src"))
    (root / "noise").touch()
    (root / "noise").unlink()
    watching.settle()
    assert watching.hints == []


def test_a_growing_log_does_not_flood_and_its_end_is_told(watch: Watch, root: Path) -> None:
    (root / "log").touch()
    watching = watch()
    with (root / "log").open("ab", buffering=0) as log:
        for _ in range(20_000):
            log.write(b"a line\n")
        watching.settle()
        while watching.tree.entries[str(root / "log")].size < 20_000 * 7:  # still open, and all of it is seen
            told = watching.mailbox.get(timeout=LIMIT_S)
            assert isinstance(told, Hint)
            watching.hints.append(told)
            watching.tree.refresh([told.path])
    assert len(watching.hints) < 500


def test_a_link_made_where_a_file_was_just_written_is_told_at_once(watch: Watch, root: Path) -> None:
    (root / "a").mkdir()
    watching = watch()
    (root / "a" / "name").symlink_to("one")
    (root / "a").rename(root / "b")
    (root / "a").mkdir()
    watching.settle()
    (root / "a" / "name").symlink_to("two")
    assert watching.settle() == {str(root / "a/name")}


def test_an_overflow_is_told_and_the_look_after_it_finds_everything(watch: Watch, root: Path) -> None:
    room = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text(encoding="ascii"))
    (root / "a").touch()
    watching = watch()
    go_on, stopped = threading.Event(), threading.Event()
    hear = inotify(watching)._tell

    def hang(told: Hint | Lost) -> None:
        stopped.set()
        assert go_on.wait(LIMIT_S)
        hear(told)

    inotify(watching)._tell = hang
    (root / "first").mkdir()
    assert stopped.wait(LIMIT_S)
    for one, other in [("a", "b"), ("b", "a")] * (room // 4):  # two events each
        (root / one).rename(root / other)
    (root / "late").mkdir()
    go_on.set()
    watching.settle()
    assert watching.lost == ["the kernel's queue of file events overflowed"]
    watching.assert_equal()
    (root / "late" / "file").touch()
    assert watching.settle() == {str(root / "late/file")}


def test_a_dead_reader_is_noticed_and_replaced(watch: Watch, root: Path) -> None:
    watching = watch()
    reader = inotify(watching)._reader

    def die(event: object) -> None:
        raise KeyError(event)

    reader.handle_event = die  # type: ignore[method-assign]
    (root / "unseen").mkdir()
    reader.join(LIMIT_S)
    (root / "unseen" / "file").touch()
    watching.observer.check()
    told = watching.mailbox.get(timeout=LIMIT_S)
    assert isinstance(told, Lost)
    assert "ended (<InotifyEvent" in told.reason
    watching.tree.scan()
    watching.assert_equal()
    (root / "unseen" / "late").touch()
    assert watching.settle() == {str(root / "unseen/late")}


def swallow(event: object) -> None:
    pass


def test_a_silent_reader_is_noticed_by_what_it_does_not_report(watch: Watch, root: Path) -> None:
    watching = watch()
    inotify(watching)._reader.handle_event = swallow  # type: ignore[method-assign]
    inotify(watching)._canary._patience_s = 0
    watching.observer.check()
    (root / "unseen").touch()
    watching.observer.check()
    assert watching.mailbox.get(timeout=LIMIT_S) == Lost("the reader of file events is silent")
    watching.tree.scan()
    watching.assert_equal()
    (root / "late").touch()
    assert watching.settle() == {str(root / "late")}


def test_an_event_that_could_not_be_told_does_not_end_the_reader_and_is_made_up_for(watch: Watch, root: Path) -> None:
    watching = watch()
    failed = threading.Event()

    def fail(_: object) -> None:
        failed.set()
        raise RuntimeError("full")

    inotify(watching)._tell = fail
    (root / "folder").mkdir()
    assert failed.wait(LIMIT_S)
    watching.observer.check()
    told = watching.mailbox.get(timeout=LIMIT_S)
    assert told == Lost("an event could not be told (RuntimeError('full'))")


def test_a_reader_that_reports_is_left_alone(watch: Watch) -> None:
    watching = watch()
    canary = inotify(watching)._canary
    for _ in range(5):
        watching.observer.check()
        assert canary._heard.wait(LIMIT_S)
    assert watching.mailbox.empty()


def test_two_pulses_in_a_row_are_no_reason_to_be_alarmed() -> None:
    canary = Canary(lambda: None)
    assert canary.sings()
    assert canary.sings()


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_a_closed_observer_leaves_no_thread_and_no_file_open(tmp_path: Path) -> None:
    files, threads = open_files(), threading.active_count()
    observer = Observer(lambda _: None)
    observer.enter(str(tmp_path))
    observer.close()
    observer.close()
    assert (open_files(), threading.active_count()) == (files, threads)


SHORT = """
import queue, sys, pathlib
from seatrial.watch.observer import Observer, Hint
mailbox = queue.SimpleQueue()
observer = Observer(mailbox.put, poll_s=0.01)
for number in range(8):
    folder = pathlib.Path(sys.argv[1], str(number))
    folder.mkdir()
    observer.enter(str(folder))
(folder / "file").touch()
while mailbox.get(timeout=20).path != str(folder / "file"):
    pass
print(observer.shortage)
"""


def test_without_enough_watches_the_number_needed_is_told_and_the_rest_is_polled(tmp_path: Path) -> None:
    limited = ["unshare", "--user", "--map-root-user", "sh", "-c"]
    lower = "echo 5 > /proc/sys/user/max_inotify_watches"
    if subprocess.run([*limited, lower], capture_output=True, check=False).returncode:
        pytest.skip("no user namespaces here, in which the limit could be lowered for one process")
    run = f'{lower}; exec "$0" -c "$1" "$2"'
    done = subprocess.run(
        [*limited, run, sys.executable, SHORT, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert "error: 4 of 8 folders cannot be watched, only polled" in done.stdout
    assert "fix: sudo sysctl fs.inotify.max_user_watches=" in done.stdout
