"""A batch without Docker: what is asked of the engine, and what it never is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from seatrial.engine import Ran
from seatrial.engine.attached import Mount
from seatrial.engine.memory import MemoryEngine
from seatrial.engine.memory_files import File, Files
from seatrial.engine.observed import Container
from seatrial.errors import ContainerGone, RunFailed
from seatrial.stack import Service, Stack
from seatrial.watch.sync import UNSEEN, Batch, destination, digests, send
from seatrial.watch.sync.header import Owner

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ID = "c" * 64


class Counting(MemoryEngine):
    """Knows how often it was asked, and refuses archives that hold a word."""

    asked = 0
    puts = 0
    refuses = b""

    def path_in(self, container_id: str, path: str) -> Any:
        self.asked += 1
        return super().path_in(container_id, path)

    def put(self, container_id: str, folder: str, archive: Iterable[bytes], limit_s: float) -> None:
        self.puts += 1
        whole = b"".join(archive)
        if self.refuses and self.refuses in whole:
            raise RunFailed("Docker could not", fix="see", detail=["unlinkat /app/x: operation not permitted"])
        super().put(container_id, folder, [whole], limit_s)


@pytest.fixture
def engine() -> Counting:
    model = Stack("p", (Service("web", "image"),))
    return Counting(model, containers={ID: Container(ID, "p-web-1", "web", "running")})


def test_a_save_after_the_first_is_one_archive_and_no_question(engine: Counting, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one")
    where = destination(engine, ID)
    batch = Batch({"/app/src/a": str(tmp_path / "a")})
    known = dict(send(engine, where, batch, {}, ["/app/src"]).sent)
    engine.asked = engine.puts = 0
    assert send(engine, where, batch, known, ["/app/src"]).skipped == 1
    assert (engine.asked, engine.puts) == (0, 0)
    (tmp_path / "a").write_text("two")
    done = send(engine, where, batch, known, ["/app/src"])
    assert (engine.asked, engine.puts, done.skipped) == (0, 1, 0)
    assert engine.files[ID].by_path["/app/src/a"].content == b"two"
    assert digests(engine, where, ["/app/src/a"])["/app/src/a"] == done.sent["/app/src/a"].digest


def test_a_folder_of_the_image_is_asked_for_once_and_stays_whose_it_is(engine: Counting, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    engine.files[ID] = Files({"/app": File("folder", mode=0o700, uid=5)})
    where = replace(destination(engine, ID), owner=Owner(7, 7))
    send(engine, where, Batch({"/app/a": str(tmp_path / "a")}), {}, ["/app"])
    engine.asked = 0
    assert send(engine, where, Batch({"/app/b": str(tmp_path / "b")}), {}, ["/app"]).failed == {}
    assert engine.asked == 0
    found = engine.files[ID].by_path
    assert (found["/app"].uid, found["/app"].mode, found["/app/b"].uid) == (5, 0o700, 7)


def test_the_one_that_the_engine_refuses_is_found_in_few_archives(engine: Counting, tmp_path: Path) -> None:
    for number in range(64):
        (tmp_path / f"f{number}").write_text(f"content {number}.")
    engine.refuses = b"content 37."
    put = {f"/app/f{number}": str(tmp_path / f"f{number}") for number in range(64)}
    done = send(engine, destination(engine, ID), Batch(put), {}, ["/app"])
    assert set(done.failed) == {"/app/f37"}
    assert "not permit" in done.failed["/app/f37"]
    assert len(done.sent) == 63
    assert engine.puts < 16


def test_when_nothing_goes_it_is_not_tried_for_ever(engine: Counting, tmp_path: Path) -> None:
    put = {f"/app/f{number}": str(tmp_path / f"f{number}") for number in range(2000)}
    for path in put:
        (tmp_path / path.removeprefix("/app/")).touch()
    engine.refuses = b"ustar"
    done = send(engine, destination(engine, ID), Batch(put), {}, ["/app"])
    assert (len(done.failed), len(done.sent)) == (2000, 0)
    assert engine.puts < 120


def test_nothing_outside_of_a_target_is_put_or_deleted_and_no_mount_is_emptied(
    engine: Counting, tmp_path: Path
) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "folder").mkdir()
    mounts = (Mount("volume", "/app/data/volume"), Mount("bind", "/app/same", source=str(tmp_path)))
    where = replace(destination(engine, ID), mounts=mounts)
    there = {"/app": File("folder"), "/app/data": File("folder"), "/app/same": File("folder")}
    engine.files[ID] = Files(dict(there))
    bad = ["/etc/x", "/app/../etc/x", "/appendix", "/", "app/x", "/app/./x", "/app/data"]
    for batch in (Batch({path: str(tmp_path / "a") for path in bad}), *(Batch({}, (path,)) for path in bad)):
        done = send(engine, where, batch, {}, ["/app"])
        assert set(done.failed) == {*batch.put, *batch.delete}
    assert engine.files[ID].by_path == there
    assert engine.commands == []
    own = send(engine, where, Batch({"/app/same/a": str(tmp_path / "a")}), {}, ["/app"])
    assert "bind mount of it already" in own.failed["/app/same/a"]
    assert (tmp_path / "a").read_text() == "a"


def test_a_mounted_file_is_asked_for_inside_as_an_archive_would_hold_what_has_its_name_now(engine: Counting) -> None:
    mounts = (Mount("bind", "/app/one", source="/src/one"), Mount("bind", "/app/all", source="/src"))
    where = replace(destination(engine, ID), mounts=mounts, runs=True)
    engine.files[ID] = Files({"/app/one": File(content=b"on disk"), "/app/all/x": File(content=b"on disk")})
    archived = digests(engine, replace(where, mounts=()), ["/app/one"])["/app/one"]
    with pytest.MonkeyPatch.context() as patched:
        old = "0" * 64
        patched.setattr(engine, "run", lambda *_, **__: Ran(0, f"f\n{old}  /app/one\n"))
        assert digests(engine, where, ["/app/one"]) == {"/app/one": old}
    # Nobody in there to ask: of the single file nothing is known, unless its container is yet to mount it.
    both = ["/app/one", "/app/all/x"]
    assert digests(engine, where, both) == {"/app/one": UNSEEN, "/app/all/x": archived}
    assert digests(engine, replace(where, runs=False), both) == dict.fromkeys(both, archived)


def test_the_target_itself_stays_unless_it_is_a_file(engine: Counting, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    where = destination(engine, ID)
    send(engine, where, Batch({"/app/a": str(tmp_path / "a")}), {}, ["/app"])
    done = send(engine, where, Batch({}, ("/app",)), {}, ["/app"])
    assert "the target itself" in done.failed["/app"]
    done = send(engine, where, Batch({}, ("/app/a",)), {}, ["/app/a"])
    assert done.deleted - done.absent == {"/app/a"}
    assert engine.path_in(ID, "/app/a") is None
    done = send(engine, where, Batch({}, ("/app/a", "/app/b/c")), {}, ["/app"])
    assert done.deleted == done.absent == {"/app/a", "/app/b/c"}


def test_a_deleted_parent_stands_for_its_children(engine: Counting, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    where = destination(engine, ID)
    known = send(engine, where, Batch({"/app/d/a": str(tmp_path / "a")}), {}, ["/app"]).sent
    done = send(engine, where, Batch({}, ("/app/d",)), known, ["/app"])
    assert (done.failed, done.kept) == ({}, frozenset())
    assert "/app/d" in done.deleted
    assert not [path for path in engine.files[ID].by_path if path.startswith("/app/d")]


def test_what_was_deleted_and_is_wanted_below_is_deleted_first(engine: Counting, tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "new").write_text("new")
    engine.files[ID] = files = Files({"/app/d/old": File()})
    where = destination(engine, ID)
    put = {"/app/d": str(tmp_path / "d"), "/app/d/new": str(tmp_path / "d" / "new")}
    done = send(engine, where, Batch(put, ("/app/d", "/app/d/old")), {}, ["/app"])
    assert done.failed == {}
    assert {path for path in files.by_path if path.startswith("/app/d/")} == {"/app/d/new"}


class TestWhatWasNotSentStays:
    """Whatever a batch holds: nothing but paths of ours is taken away."""

    def test_a_file_does_not_replace_a_folder(self, engine: Counting, tmp_path: Path) -> None:
        (tmp_path / "a").write_text("a")
        engine.files[ID] = files = Files({"/app/precious": File(content=b"1")})
        done = send(engine, destination(engine, ID), Batch({"/app": str(tmp_path / "a")}), {}, ["/app"])
        assert "`target: /app/`" in done.failed["/app"]
        assert files.by_path == {"/app/precious": File(content=b"1")}

    def test_nor_a_folder_that_was_sent_and_holds_more_by_now(self, engine: Counting, tmp_path: Path) -> None:
        folder = tmp_path / "d"
        folder.mkdir()
        (folder / "own").write_text("own")
        where = destination(engine, ID)
        put = {"/app/d": str(folder), "/app/d/own": str(folder / "own")}
        known = send(engine, where, Batch(put), {}, ["/app"]).sent
        engine.files[ID].by_path["/app/d/upload"] = File(content=b"2")
        (folder / "own").unlink()
        folder.rmdir()
        folder.write_text("a file now")
        done = send(engine, where, Batch({"/app/d": str(folder)}, ("/app/d/own",)), known, ["/app"])
        assert "with files that watch did not send" in done.failed["/app/d"]
        assert engine.files[ID].by_path["/app/d/upload"].content == b"2"

    def test_a_folder_that_is_deleted_keeps_it_and_says_so(self, engine: Counting, tmp_path: Path) -> None:
        (tmp_path / "own").write_text("own")
        where = destination(engine, ID)
        known = send(engine, where, Batch({"/app/d/own": str(tmp_path / "own")}), {}, ["/app"]).sent
        engine.files[ID].by_path["/app/d/upload"] = File(content=b"2")
        done = send(engine, where, Batch({}, ("/app/d", "/app/d/own")), known, ["/app"])
        assert (done.failed, set(done.kept)) == ({}, {"/app/d"})
        assert engine.files[ID].by_path.keys() == {"/app", "/app/d", "/app/d/upload"}

    def test_a_folder_replaces_a_file_of_the_image_but_none_in_a_volume(self, engine: Counting, tmp_path: Path) -> None:
        (tmp_path / "d").mkdir()
        there = {"/app/d": File(content=b"3"), "/data/d": File(content=b"4")}
        engine.files[ID] = files = Files(dict(there))
        where = replace(destination(engine, ID), mounts=(Mount("volume", "/data"),))
        put = dict.fromkeys(there, str(tmp_path / "d"))
        done = send(engine, where, Batch(put), {}, ["/app", "/data"])
        assert set(done.failed) == {"/data/d"}
        assert (files.by_path["/app/d"].kind, files.by_path["/data/d"].content) == ("folder", b"4")


@pytest.mark.parametrize("state", ["exited", "created", "restarting", "paused", "dead"])
def test_a_container_in_any_state_is_sent_to_and_loses_what_was_deleted(
    engine: Counting, tmp_path: Path, state: str
) -> None:
    (tmp_path / "a").write_text("a")
    engine.containers[ID] = replace(engine.containers[ID], state=state)
    engine.files[ID] = files = Files({"/app/old": File(), "/app/d": File("folder")})
    batch = Batch({"/app/a": str(tmp_path / "a")}, ("/app/old", "/app/d"))
    done = send(engine, destination(engine, ID), batch, {}, ["/app"])
    assert set(done.sent) == {"/app/a"}
    assert "/app/old" in done.deleted - done.absent
    assert "/app/old" not in files.by_path
    assert "/app/old" in send(engine, destination(engine, ID), Batch({}, ("/app/old",)), {}, ["/app"]).absent
    assert set(done.failed) == {"/app/d"}  # an empty folder waits for the container
    assert "does not run" in done.failed["/app/d"]


def test_a_container_that_is_gone_is_an_error_of_its_own(engine: Counting, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    where = destination(engine, ID)
    del engine.containers[ID]
    for batch in (Batch({"/app/a": str(tmp_path / "a")}), Batch({}, ("/app/a",))):
        with pytest.raises(ContainerGone):
            send(engine, where, batch, {}, ["/app"])
    with pytest.raises(ContainerGone):
        destination(engine, ID)
