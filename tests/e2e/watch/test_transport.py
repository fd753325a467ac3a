"""Files into real containers: who owns them, what is replaced by what, and what no failure keeps from arriving."""

from __future__ import annotations

import os
import socket
import threading
import uuid
from typing import TYPE_CHECKING

import pytest

from conftest import PREFIX
from e2e.watch.pair import Pair, docker
from seatrial.engine.by_client import ByClient
from seatrial.engine.whales import WhalesEngine
from seatrial.errors import ContainerGone
from seatrial.watch.sync import Batch, destination, digests, send

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

pytestmark = pytest.mark.engine

MIB = 1 << 20


@pytest.fixture
def containers(base_image: str) -> Iterator[Callable[..., str]]:
    """Makes containers of an image that do nothing."""
    made: list[str] = []

    def make(*options: str, image: str = base_image, command: Sequence[str] = ("sleep", "1000")) -> str:
        made.append(f"{PREFIX}-{uuid.uuid4().hex[:8]}")
        docker("run", "-d", "--init", "--network", "none", "--name", made[-1], *options, image, *command)
        return made[-1]

    yield make
    if made:
        docker("rm", "-f", "-v", *made)


@pytest.fixture
def engine() -> WhalesEngine:
    return WhalesEngine()


@pytest.fixture
def pair(containers: Callable[..., str], engine: WhalesEngine, tmp_path: Path) -> Pair:
    """The container's user has a name, and the target is not there yet."""
    host = tmp_path / "src"
    host.mkdir()
    return Pair(host, containers("--user", "node"), engine)


def test_files_arrive_as_they_are_and_belong_to_the_containers_user(pair: Pair) -> None:
    (pair.host / "a.py").write_text("one")
    (pair.host / "run.sh").write_text("#!/bin/sh")
    (pair.host / "run.sh").chmod(0o755)
    os.utime(pair.host / "a.py", ns=(0, 1_700_000_000_123_456_789))
    (pair.host / "deep" / "er").mkdir(parents=True)
    (pair.host / "deep" / "er" / "b").write_text("two")
    (pair.host / "empty").mkdir(mode=0o750)
    (pair.host / "none").write_text("")
    done = pair.send("a.py", "run.sh", "deep", "deep/er", "deep/er/b", "empty", "none")
    assert (done.failed, done.again, len(done.sent)) == ({}, frozenset(), 7)
    uid = pair.sh("id -u node") + ":" + pair.sh("id -g node")
    assert uid != "0:0"
    assert pair.about("run.sh") == f"755 {uid} regular file"
    assert pair.about("deep/er/b").endswith(f"{uid} regular file")
    assert pair.about("empty") == f"750 {uid} directory"
    assert pair.about("") == f"755 {uid} directory"  # the target was made, and is the user's
    assert pair.sh("stat -c %y /app/a.py").startswith("2023-11-14 22:13:20.123456789")
    assert (pair.text("a.py"), pair.text("none"), done.size) == ("one", "", 3 + 9 + 3)

    os.utime(pair.host / "a.py")
    done = pair.send("a.py", "none")
    assert (done.skipped, done.size, done.sent["/app/a.py"].stamp.mtime_ns) == (
        2, 0, (pair.host / "a.py").stat().st_mtime_ns,
    )  # fmt: skip
    (pair.host / "a.py").chmod(0o600)
    assert pair.send("a.py").skipped == 0
    assert pair.about("a.py").startswith("600 ")


def test_what_is_replaced_by_something_of_another_kind_is_equal_afterwards_and_back(pair: Pair) -> None:
    thing = pair.host / "thing"
    thing.mkdir()
    (thing / "child").write_text("child")
    (pair.host / "nowhere").symlink_to("no/such/file")
    (pair.host / "to folder").symlink_to("thing")
    assert pair.send("thing", "thing/child", "nowhere", "to folder").failed == {}
    assert pair.sh("readlink /app/nowhere; readlink '/app/to folder'") == "no/such/file\nthing"

    (thing / "child").unlink()
    thing.rmdir()
    thing.write_text("a file")
    done = pair.send("thing", delete=["thing/child"])
    assert done.failed == {}
    assert done.deleted == {"/app/thing/child"}
    assert pair.text("thing") == "a file"

    thing.unlink()
    thing.mkdir()
    (thing / "child").write_text("again")
    assert pair.send("thing", "thing/child").failed == {}
    assert pair.text("thing/child") == "again"

    (pair.host / "nowhere").unlink()
    (pair.host / "nowhere").write_text("now a file")
    (pair.host / "to folder").unlink()
    (pair.host / "to folder").mkdir()
    (pair.host / "to folder" / "own").write_text("own")
    assert pair.send("nowhere", "to folder", "to folder/own").failed == {}
    assert pair.sh("ls /app/thing; cat /app/nowhere '/app/to folder/own'") == "child\nnow a fileown"
    (pair.host / "nowhere").unlink()
    (pair.host / "nowhere").symlink_to("thing")
    assert pair.send("nowhere").failed == {}
    assert pair.sh("readlink /app/nowhere") == "thing"

    # What the container added stays, whatever becomes of the folder here.
    pair.sh("echo 1 >/app/thing/precious")
    done = pair.send(delete=["thing", "thing/child"])
    assert (set(done.kept), done.failed) == ({"/app/thing"}, {})
    (thing / "child").unlink()
    thing.rmdir()
    thing.write_text("a file")
    assert "watch did not send" in pair.send("thing").failed["/app/thing"]
    assert pair.sh("cd /app/thing; ls; cat precious") == "precious\n1"


def test_every_name_that_a_file_can_have_comes_and_goes(pair: Pair) -> None:
    names = [
        "with space", "-rf", "new\nline", "back\\slash", "quote'\"$(x)*", os.fsdecode(b"latin\xe9"), "ünï",
        "l" * 200, "/".join(["d" * 120] * 4),
    ]  # fmt: skip
    for number, name in enumerate(names):
        path = pair.host / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(number))
    (pair.host / "long link").symlink_to("l" * 180)
    assert pair.send(*names, "long link").failed == {}
    found = digests(pair.engine, pair.where, [pair.lands(name) for name in [*names, "long link", "not there"]])
    assert found == {pair.lands(name): pair.known[pair.lands(name)].digest for name in [*names, "long link"]}
    assert pair.sh("cd /app; cat -- -rf; find . -type f | wc -l") == "110"  # a new line counts twice
    done = pair.send(delete=[*names, "long link"])
    assert (done.failed, len(done.deleted)) == ({}, len(names) + 1)
    assert pair.sh("find /app -type f -o -type l") == ""


def test_one_path_that_fails_drops_no_other_and_nothing_outside_of_a_target_is_touched(
    containers: Callable[..., str], engine: WhalesEngine, tmp_path: Path
) -> None:
    small = "type=volume,dst=/app/full,volume-opt=type=tmpfs,volume-opt=device=tmpfs,volume-opt=o=size=64k"
    held = tmp_path / "held"
    held.mkdir()
    (held / "precious").write_text("precious")
    name = containers(
        "--mount", small, "-v", f"{held}:/app/held", "-v", f"{held}:/app/locked:ro", "--tmpfs", "/app/memory",
    )  # fmt: skip
    host = tmp_path / "src"
    pair = Pair(host, name, engine)
    for folder in ("full", "locked", "memory/deep"):
        (host / folder).mkdir(parents=True)
    (host / "full" / "big").write_bytes(os.urandom(200_000))
    (host / "held").write_text("a file where a mount is")
    (host / "locked" / "x").write_text("x")
    (host / "memory" / "deep" / "x").write_text("in memory")
    os.mkfifo(host / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(host / "sock"))
    good = [f"good{number}" for number in range(20)]
    for one in good:
        (host / one).write_text(one)
    bad = ["full/big", "held", "locked/x", "pipe", "sock"]
    done = pair.send(*bad, *good, "memory/deep/x", "vanished", delete=["full/none", "held", "../etc/passwd"])
    assert set(done.failed) == {*(pair.lands(one) for one in bad), "/app/../etc/passwd"}
    assert "no space left" in done.failed["/app/full/big"]
    assert "read-only: drop the mount or the rule" in done.failed["/app/locked/x"]
    assert "mounted there" in done.failed["/app/held"]
    assert "pipe" in done.failed["/app/pipe"]
    assert "target" in done.failed["/app/../etc/passwd"]
    assert done.again == {"/app/vanished"}
    assert set(done.sent) == {pair.lands(one) for one in [*good, "memory/deep/x"]}
    assert (held / "precious").read_text() == "precious"
    assert pair.text("memory/deep/x") == "in memory"
    assert pair.where.volatile(["/app/memory"])
    assert not pair.where.volatile(["/app"])
    x = "/app/memory/deep/x"
    assert digests(engine, pair.where, [x]) == {x: done.sent[x].digest}
    done = pair.send(delete=["memory/deep", "good0", "good1", "."])
    assert done.deleted == {"/app/memory/deep", "/app/good0", "/app/good1"}
    assert set(done.failed) == {"/app/."}
    assert pair.sh("ls /app/memory; ls /app | grep -c good") == "18"


def test_a_target_may_be_a_link_or_a_file_and_a_link_of_the_image_is_gone_through(pair: Pair) -> None:
    pair.sh("mkdir -p /srv/real /srv/other; ln -s /srv/real /app; ln -s ../other /srv/real/linked; touch /srv/one")
    (pair.host / "linked").mkdir()
    (pair.host / "linked" / "x").write_text("x")
    (pair.host / "y").write_text("y")
    assert pair.send("linked", "linked/x", "y").failed == {}
    assert pair.sh("cat /srv/other/x /srv/real/y; readlink /app; readlink /srv/real/linked") == "xy/srv/real\n../other"
    assert pair.send(delete=["linked/x"]).failed == {}
    assert pair.sh("ls /srv/other; readlink /srv/real/linked") == "../other"
    one = Pair(pair.host, pair.name, pair.engine, ["/srv/one"])
    (pair.host / "z").symlink_to("y")
    done = send(one.engine, one.where, Batch({"/srv/one": str(pair.host / "z")}), {}, one.targets)
    assert (done.failed, done.sent["/srv/one"].stamp.kind) == ({}, "file")  # a rule's own link is what it leads to
    assert pair.sh("cat /srv/one") == "y"
    refused = Pair(pair.host, pair.name, pair.engine, ["/srv/one/below"])
    done = refused.send("y")
    assert "/srv/one is no folder" in done.failed["/srv/one/below/y"]


def test_with_a_read_only_root_volumes_are_reached_and_the_rest_says_what_to_do(
    containers: Callable[..., str], engine: WhalesEngine, tmp_path: Path
) -> None:
    name = containers("--read-only", "-v", "/app/volume", "--tmpfs", "/app/memory:uid=1000", "--user", "1000")
    (tmp_path / "x").write_text("x")
    for target in ("/app/volume/deep", "/app/memory/deep"):
        pair = Pair(tmp_path, name, engine, [target])
        assert pair.send("x").failed == {}
        assert (pair.text("x"), pair.about("x").split()[1]) == ("x", "1000:1000")
        (tmp_path / "folder").mkdir(exist_ok=True)
        (tmp_path / "link").unlink(missing_ok=True)
        (tmp_path / "link").symlink_to("x")
        assert pair.send("folder", "link").failed == {}
    pair = Pair(tmp_path, name, engine)
    assert "read_only: false" in pair.send("x").failed["/app/x"]


def test_into_memory_without_a_tar_the_shell_writes_one_by_one(
    containers: Callable[..., str], engine: WhalesEngine, tmp_path: Path
) -> None:
    pair = Pair(tmp_path, containers("--tmpfs", "/app", "--user", "1000"), engine)
    pair.sh("rm /bin/tar")
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "folder" / "deep" / "x y").write_text("x")
    (tmp_path / "link").symlink_to("folder")
    names = ["folder/deep", "folder/deep/x y", "link"]
    assert pair.send(*names).failed == {}
    assert pair.sh("readlink /app/link; cat '/app/folder/deep/x y'") == "folder\nx"
    assert pair.about("folder/deep/x y").split()[:2] == ["644", "1000:1000"]
    (tmp_path / "link").unlink()
    (tmp_path / "link").write_text("a file")
    assert pair.send("link").failed == {}
    assert pair.sh("cat /app/link; ls /app/folder/deep") == "a filex y"
    pair.sh("mkdir /app/own; touch /app/own/precious")
    (tmp_path / "own").write_text("a file here")
    assert "watch did not send" in pair.send("own").failed["/app/own"]
    assert pair.sh("ls /app/own") == "precious"


def test_a_container_that_does_not_run_takes_files_and_deletes(pair: Pair) -> None:
    for name in ("a", "b", "new\nline", "l" * 150, "d/x"):
        (pair.host / name).parent.mkdir(exist_ok=True)
        (pair.host / name).write_text(name)
    pair.send("a", "new\nline", "l" * 150, "d", "d/x")
    docker("pause", pair.name)
    done = pair.send("b", delete=["a"])
    assert (set(done.sent), set(done.deleted), done.failed) == ({"/app/b"}, {"/app/a"}, {})
    docker("unpause", pair.name)
    docker("kill", pair.name)
    (pair.host / "b").write_text("changed")
    done = pair.send("b", delete=["new\nline", "l" * 150, "d", "d/x"])
    assert (set(done.sent), set(done.failed)) == ({"/app/b"}, {"/app/d"})
    assert "does not run" in done.failed["/app/d"]  # an empty folder changes little
    found = digests(pair.engine, pair.where, ["/app/a", "/app/b", "/app/d/x"])
    assert found == {"/app/b": done.sent["/app/b"].digest}
    docker("start", pair.name)
    assert pair.send(delete=["d"]).failed == {}
    assert pair.sh("ls /app; cat /app/b") == "b\nchanged"
    docker("rm", "-f", "-v", pair.name)
    with pytest.raises(ContainerGone):
        pair.send("a")
    with pytest.raises(ContainerGone):
        destination(pair.engine, pair.name)


@pytest.fixture
def bare_image(base_image: str, tmp_path: Path) -> Iterator[str]:
    """An image with a program that waits and nothing else: no shell, no rm, no tar, no users."""
    name = f"{PREFIX}/{uuid.uuid4().hex[:8]}"
    (tmp_path / "Dockerfile").write_text(
        f"FROM {base_image} AS whole\nFROM scratch\nCOPY --from=whole /bin/busybox /busybox\n"
        'COPY --from=whole /lib /lib\nUSER somebody\nCMD ["/busybox", "sleep", "1000"]\n'
    )
    docker("build", "-q", "-t", name, str(tmp_path))
    yield name
    docker("rmi", "-f", name)


def test_where_the_image_has_no_program_and_no_users_files_come_and_go_all_the_same(
    bare_image: str, containers: Callable[..., str], engine: WhalesEngine, tmp_path: Path
) -> None:
    name = containers(
        "--user", "0", "--tmpfs", "/app/memory", image=bare_image, command=["/busybox", "sleep", "1000"]
    )  # fmt: skip
    host = tmp_path / "src"
    (host / "folder").mkdir(parents=True)
    names = ["a b", os.fsdecode(b"latin\xe9"), "folder/new\nline"]
    for number, one in enumerate(names):
        (host / one).write_text(str(number))
    (host / "memory").mkdir()
    (host / "memory" / "x").write_text("x")
    pair = Pair(host, name, engine)
    done = pair.send(*names, "memory/x")
    assert set(done.failed) == {"/app/memory/x"}
    assert "no `tar`" in done.failed["/app/memory/x"]
    found = digests(engine, pair.where, [pair.lands(one) for one in names])
    assert found == {path: sent.digest for path, sent in done.sent.items()}

    docker("exec", "-u", "0", name, "/busybox", "ln", "-s", "/app", "/link")
    beside = Pair(host, name, engine, ["/link"])
    beside.where.folders["/link"] = "/link"  # as if the link had come after it was looked at
    done = beside.send(delete=["a b"])
    assert "a link is on the way" in done.failed["/link/a b"]
    done = pair.send(delete=[*names, "folder"])
    assert (done.failed, len(done.deleted)) == ({}, 4)
    assert digests(engine, pair.where, [pair.lands(one) for one in names]) == {}
    assert docker("exec", "-u", "0", name, "/busybox", "ls", "/app") == "memory"


def test_big_files_are_streamed_and_one_that_changes_while_it_is_read_is_looked_at_again(pair: Pair) -> None:
    big = pair.host / "big"
    with big.open("wb") as file:
        file.truncate(60 * MIB)
        file.seek(30 * MIB)
        file.write(b"here")
    done = pair.send("big")
    assert (done.failed, done.again, done.size) == ({}, frozenset(), 60 * MIB)
    assert digests(pair.engine, pair.where, ["/app/big"]) == {"/app/big": done.sent["/app/big"].digest}
    os.utime(big)
    assert pair.send("big").skipped == 1

    growing, stop = pair.host / "growing", threading.Event()
    growing.write_bytes(bytes(8 * MIB))

    def grow() -> None:
        with growing.open("ab", buffering=0) as file:
            while not stop.is_set():
                file.write(b"more")

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        done = pair.send("growing")
    finally:
        stop.set()
        thread.join()
    assert done.failed == {}
    assert done.again == {"/app/growing"}
    assert digests(pair.engine, pair.where, ["/app/growing"]) == {"/app/growing": done.sent["/app/growing"].digest}
    assert (pair.send("growing").again, pair.known["/app/growing"].stamp.size) == (
        frozenset(), growing.stat().st_size,
    )  # fmt: skip


def test_where_only_the_client_gets_to_the_engine_the_same_arrives(pair: Pair) -> None:
    pair.engine.__dict__["asked"] = ByClient()
    (pair.host / "folder").mkdir()
    (pair.host / "folder" / "x").write_text("x")
    assert pair.send("folder", "folder/x").failed == {}
    assert pair.text("folder/x") == "x"
    assert pair.about("folder/x").split()[1] != "0:0"
    (pair.host / "folder" / "x").unlink()
    (pair.host / "folder").rmdir()
    (pair.host / "folder").write_text("a file")
    done = pair.send("folder", delete=["folder/x"])
    assert done.failed == {}
    assert pair.text("folder") == "a file"
    found = digests(pair.engine, pair.where, ["/app/folder", "/app/no"])
    assert found == {"/app/folder": done.sent["/app/folder"].digest}
    assert pair.send(delete=["folder"]).failed == {}
    assert pair.sh("ls /app") == ""
    docker("rm", "-f", "-v", pair.name)
    with pytest.raises(ContainerGone):
        pair.send("folder")
