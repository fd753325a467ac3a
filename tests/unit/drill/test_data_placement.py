"""Which paths are data, and what is mounted where they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seatrial.drill.data.data_paths import own_files
from seatrial.drill.drills import data_placement
from seatrial.drill.verdict import Grade
from seatrial.engine.attached import Mount
from seatrial.engine.containers import Change
from unit.drill.looked import REAL, told, with_facts


@pytest.mark.parametrize(
    ("path", "grade"),
    [
        ("/app/orders.db", Grade.FAIL),
        ("/usr/src/app/db.sqlite3", Grade.FAIL),
        ("/app/db.sqlite3-wal", Grade.FAIL),
        ("/data/dump.rdb", Grade.FAIL),
        ("/data/anything", Grade.FAIL),
        ("/var/lib/postgresql/data/PG_VERSION", Grade.FAIL),
        ("/app/public/uploads/a.png", Grade.FAIL),
        ("/app/cache.txt", Grade.PASS),
        ("/sbin/docker-init", Grade.PASS),
        ("/tmp/scratch.db", Grade.PASS),
        ("/run/app.sqlite", Grade.PASS),
        ("/var/cache/fontconfig/CACHEDIR.db", Grade.PASS),
        ("/root/.cache/pip/selfcheck.db", Grade.PASS),
        ("/var/lib/apt/lists/x", Grade.PASS),
        ("/var/lib/dpkg/status", Grade.PASS),
        ("/var/lib/nginx/tmp/client_body", Grade.PASS),
        ("/var/lib/app", Grade.PASS),
        ("/data/app.pid", Grade.PASS),
        ("/etc/aliases.db", Grade.PASS),
        ("/app/node_modules/x/test.db", Grade.PASS),
    ],
)
def test_data_in_the_containers_layer_are_known_by_their_names(path: str, grade: Grade) -> None:
    recording = replace(REAL["data-placement", "good"], changes=(Change("A", path),))
    verdict = data_placement.judge(recording)
    assert told(verdict) == (grade, None if grade is Grade.PASS else "data-outside-volume")
    if verdict.cause:
        assert any(path in line for line in verdict.cause.evidence)


def test_what_only_holds_a_mount_is_not_what_the_container_has_written() -> None:
    added = [Change("A", path) for path in ("/var/lib/pg", "/var/lib/pg/data", "/app/x")]
    changes = [Change("C", "/var"), Change("C", "/var/lib"), *added, Change("C", "/app"), Change("D", "/app/old.db")]
    mounts = [Mount("volume", "/var/lib/pg/data", "kept")]
    assert list(own_files(changes, mounts)) == [Change("A", "/app/x")]


def test_a_volume_for_the_folder_of_the_data_is_the_fix() -> None:
    many = tuple(Change("A", f"/var/lib/app/{number}.db") for number in range(9))
    verdict = data_placement.judge(replace(REAL["data-placement", "good"], changes=many))
    assert verdict.summary == "9 paths in /var/lib/app, gone when the container is recreated"
    assert verdict.cause is not None
    assert '"good-app:/var/lib/app"' in verdict.cause.fix
    assert verdict.cause.evidence[-1] == "and 4 more"


@pytest.mark.parametrize(
    ("mounts", "grade"),
    [
        ([Mount("volume", "/var/lib/postgresql", "sql")], Grade.PASS),
        ([Mount("volume", "/var/lib/postgresql/18/docker", "sql")], Grade.PASS),
        ([Mount("volume", "/var/lib/postgresql/data", "sql")], Grade.WARN),
        ([Mount("bind", "/var/lib/postgresql/data", source="/host")], Grade.WARN),
        ([Mount("volume", "/etc/ssl", "own"), Mount("volume", "/var/lib/postgresql", "sql")], Grade.PASS),
    ],
)
def test_a_volume_beside_the_data_is_found(mounts: list[Mount], grade: Grade) -> None:
    recording = with_facts(REAL["data-placement", "sql"], mounts=tuple(mounts))
    assert data_placement.judge(replace(recording, changes=())).grade is grade


def test_a_volume_for_something_else_is_not_beside_the_data() -> None:
    recording = with_facts(REAL["data-placement", "sql"], mounts=(Mount("volume", "/etc/ssl/own", "certificates"),))
    assert "beside" not in data_placement.judge(replace(recording, changes=())).summary


@pytest.mark.parametrize(
    ("command", "mounts", "grade"),
    [
        (("redis-server",), (), Grade.WARN),
        (("redis-server",), (Mount("volume", "/data", "cache"),), Grade.PASS),
        (("redis-server",), (Mount("volume", "/data", "f" * 64),), Grade.WARN),
        (("redis-server",), (Mount("volume", "/data", "c"), Mount("volume", "/other", "f" * 64)), Grade.PASS),
        (("redis-server", "--save", ""), (), Grade.PASS),
        (("redis-server", "--save", ""), (Mount("volume", "/data", "f" * 64),), Grade.PASS),
        (("redis-server", "--save", "", "--appendonly", "yes"), (), Grade.WARN),
    ],
)
def test_a_redis_is_told_that_it_has_no_place_for_its_data_unless_it_keeps_none(
    command: tuple[str, ...], mounts: tuple[Mount, ...], grade: Grade
) -> None:
    recording = with_facts(REAL["data-placement", "sql"], image="redis:7", command=command, mounts=mounts)
    marks = tuple(replace(m, detail="/data") if m.what == data_placement.DATA_FOLDER else m for m in recording.marks)
    verdict = data_placement.judge(replace(recording, changes=(), marks=marks))
    assert verdict.grade is grade
    assert verdict.cause is None or "--save ''" in verdict.cause.fix
