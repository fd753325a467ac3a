"""Drills that only look, judged on recordings of real containers and on what might have been there instead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seatrial.drill import journal
from seatrial.drill.build_context import BuildContext, Patch
from seatrial.drill.drills import anatomy, data_placement, image, zombies
from seatrial.drill.recording import Mark, Recording, Sample
from seatrial.drill.run import judged
from seatrial.drill.verdict import Confidence, Grade, Verdict
from seatrial.engine.attached import Mount
from seatrial.engine.containers import Change
from seatrial.engine.inside import Process, Socket

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = Path(__file__).parents[2] / "data" / "recordings" / "looking.json"
REAL = {(recording.drill, recording.service): recording for recording in journal.read(FILE)}
TERM, QUIT = 1 << 14, 1 << 2
# What Go programs, and no others, catch.
NEARLY_ALL = 0xFFFFFFFE7FC1FEFF
WINDOW = "SIGWINCH"
S = 10**9


def process(
    inner: int, parent: int, *command: str, caught: int = 0, ignored: int = 0, blocked: int = 0, uid: int = 1000,
    state: str = "S", start: int = 0,
) -> Process:  # fmt: skip
    name = command[0].rpartition("/")[2][:15] if command else "sleep"
    return Process(
        100 + inner, inner, 100 + parent if parent else 1, state, name, command, uid, caught, ignored, blocked,
        start or inner,
    )  # fmt: skip


def listens(*inner: int, port: int = 80) -> Socket:
    return Socket("LISTEN", "0.0.0.0", port, "0.0.0.0", 0, tuple(100 + number for number in inner))  # noqa: S104


def seen(drill: str, *processes: Process, by: Sequence[Socket] = (), **facts: object) -> Recording:
    """The sound recording with these processes in place of its own."""
    recording = REAL[drill, "good"] if (drill, "good") in REAL else replace(REAL["anatomy", "good"], drill=drill)
    sample = Sample(recording.marks[0].at_ns if recording.marks else S, processes, tuple(by))
    return with_facts(replace(recording, samples=(sample,), port=None), **facts)


def with_facts(recording: Recording, **changes: object) -> Recording:
    facts = replace(recording.subject.facts, **changes)  # type: ignore[arg-type]
    return replace(recording, subject=replace(recording.subject, facts=facts))


def told(verdict: Verdict) -> tuple[Grade, str | None]:
    return verdict.grade, verdict.cause.id if verdict.cause else None


@pytest.mark.parametrize(
    ("drill", "service", "grade", "cause"),
    [
        ("anatomy", "bad", Grade.FAIL, "shell-swallows-signal"),
        ("anatomy", "initshell", Grade.FAIL, "shell-swallows-signal"),
        ("anatomy", "deaf", Grade.FAIL, "no-handler"),
        ("anatomy", "execs", Grade.PASS, None),
        ("anatomy", "good", Grade.PASS, None),
        ("image", "bad", Grade.FAIL, "image-too-big"),
        ("image", "good", Grade.PASS, None),
        ("data-placement", "bad", Grade.FAIL, "data-outside-volume"),
        ("data-placement", "deaf", Grade.WARN, "data-outside-volume"),
        ("data-placement", "sql", Grade.WARN, "data-outside-volume"),
        ("data-placement", "good", Grade.PASS, None),
        ("zombies", "breeds", Grade.FAIL, "zombies"),
        ("zombies", "bred", Grade.WARN, "zombies"),
        ("zombies", "reaps", Grade.PASS, None),
    ],
)
def test_real_services_are_judged_as_they_are(drill: str, service: str, grade: Grade, cause: str | None) -> None:
    verdict = judged(REAL[drill, service])
    assert told(verdict) == (grade, cause)
    if grade is Grade.PASS:
        assert verdict.notes == ()


NODE = process(1, 0, "node", "server.js", caught=TERM)
SH = process(1, 0, "/bin/sh", "-c", "prepare; serve")
SERVE = process(7, 1, "serve", caught=TERM)
TINI = process(1, 0, "/sbin/tini", "--")


@pytest.mark.parametrize(
    ("processes", "grade", "cause", "words"),
    [
        # Alone: by the mask, and not by the name.
        ([process(1, 0, "python3", "app.py")], Grade.FAIL, "no-handler", "python3 (PID 1) does not catch SIGTERM"),
        ([process(1, 0, "python3", "app.py", caught=TERM)], Grade.PASS, None, "which catches it"),
        ([process(1, 0, "/bin/bash", "run.sh", caught=TERM)], Grade.PASS, None, "which catches it"),
        ([process(1, 0, "serve", caught=TERM, ignored=TERM)], Grade.FAIL, "no-handler", "ignores SIGTERM"),
        ([process(1, 0, "waits", blocked=TERM)], Grade.PASS, None, "which catches it"),
        ([NODE], Grade.PASS, None, "what node does with it, graceful-stop shows"),
        ([process(1, 0, "/app/api", caught=NEARLY_ALL)], Grade.PASS, None, "what api does with it"),
        ([process(1, 0, "node", "server.js")], Grade.FAIL, "no-handler", "node (PID 1) does not catch SIGTERM"),
        # Below something.
        ([SH, SERVE], Grade.FAIL, "shell-swallows-signal", "SIGTERM gets to sh (PID 1) and not to serve (PID 7)"),
        ([replace(SH, ignored=TERM), SERVE], Grade.FAIL, "shell-swallows-signal", "and not to serve (PID 7)"),
        ([replace(SH, caught=TERM), SERVE], Grade.WARN, None, "only when sh (PID 1) passes it on"),
        ([process(1, 0, "npm start", caught=TERM), SERVE], Grade.WARN, None, "npm start (PID 1) passes it on"),
        ([process(1, 0, "node", "--run", "start"), SERVE], Grade.FAIL, "wrapper-swallows-signal", "and not to serve"),
        ([TINI, SERVE], Grade.PASS, None, "tini (PID 1) > serve (PID 7), which catches it"),
        ([TINI, process(7, 1, "serve")], Grade.PASS, None, "ends it at once; nobody is connected to it"),
        ([TINI, process(7, 1, "sh", "-c", "x; y"), process(8, 7, "serve", caught=TERM)], Grade.FAIL,
         "shell-swallows-signal", "SIGTERM gets to sh (PID 7) and not to serve (PID 8)"),
        ([TINI, process(7, 1, "serve", ignored=TERM)], Grade.FAIL, "no-handler", "ignores SIGTERM"),
        # Two children, and nobody of whom it is known that it does the work.
        ([SH, SERVE, process(8, 1, "other")], Grade.FAIL, "shell-swallows-signal", "sh (PID 1) does not catch SIGTERM"),
    ],
)  # fmt: skip
def test_the_kernels_masks_tell_how_far_the_signal_gets(
    processes: list[Process], grade: Grade, cause: str | None, words: str
) -> None:
    verdict = anatomy.judge(seen("anatomy", *processes))
    assert told(verdict) == (grade, cause)
    assert words in verdict.summary


def test_what_a_signal_ends_at_once_matters_when_somebody_can_be_connected() -> None:
    verdict = anatomy.judge(seen("anatomy", TINI, process(7, 1, "serve"), by=[listens(7)]))
    assert told(verdict) == (Grade.WARN, "no-handler")


def test_who_listens_does_the_work_wherever_it_stands() -> None:
    helper = process(8, 1, "cron")
    verdict = anatomy.judge(seen("anatomy", SH, SERVE, helper, by=[listens(7)]))
    assert told(verdict) == (Grade.FAIL, "shell-swallows-signal")
    assert "serve (PID 7)" in verdict.summary


def test_the_mask_is_read_for_the_signal_that_is_in_force() -> None:
    assert anatomy.judge(seen("anatomy", NODE, stop_signal="SIGQUIT")).grade is Grade.FAIL
    assert anatomy.judge(seen("anatomy", replace(NODE, caught=QUIT), stop_signal="3")).grade is Grade.PASS


def test_a_signal_whose_default_is_nothing_ends_nobody() -> None:
    verdict = anatomy.judge(seen("anatomy", TINI, process(7, 1, "httpd"), stop_signal=WINDOW))
    assert told(verdict) == (Grade.FAIL, "no-handler")


def test_an_init_that_looks_after_several_is_not_known_to_end_with_one() -> None:
    keeper = process(1, 0, "/usr/bin/supervisord")
    verdict = anatomy.judge(seen("anatomy", keeper, process(7, 1, "sh", "-c", "x; y"), process(8, 7, "serve")))
    assert verdict.cause is not None
    assert verdict.cause.confidence is Confidence.LIKELY


def test_a_program_that_was_brought_in_from_outside_gets_no_signal() -> None:
    outside = replace(SERVE, parent=4242)
    verdict = anatomy.judge(seen("anatomy", process(1, 0, "sleep"), outside, by=[listens(7)]))
    assert (verdict.grade, "docker exec" in verdict.summary) == (Grade.WARN, True)


def test_a_container_that_has_ended_is_not_judged() -> None:
    assert anatomy.judge(seen("anatomy")).grade is Grade.INCONCLUSIVE


# image


def sized(size: int, budget: int | None) -> Recording:
    recording = REAL["image", "good"]
    assert recording.image
    extension = recording.subject.extension
    said = replace(extension, budgets=replace(extension.budgets, image_bytes=budget))
    changed = replace(recording.subject, extension=said)
    return replace(recording, image=replace(recording.image, size=size), subject=changed)


@pytest.mark.parametrize(
    ("size", "budget", "grade"),
    [
        (240_000_000, None, Grade.PASS),
        (240_000_001, None, Grade.WARN),
        (300_000_000, None, Grade.WARN),
        (300_000_001, None, Grade.FAIL),
        (50_000_000, 50_000_000, Grade.PASS),
        (50_000_001, 50_000_000, Grade.FAIL),
        (400_000_000, 500_000_000, Grade.PASS),
    ],
)
def test_the_size_is_held_against_the_budget(size: int, budget: int | None, grade: Grade) -> None:
    verdict = image.judge(sized(size, budget))
    assert told(verdict) == (grade, None if grade is Grade.PASS else "image-too-big")
    assert verdict.figures["image_bytes"] == size


def test_the_layers_to_blame_are_named_with_their_size_largest_first() -> None:
    verdict = image.judge(REAL["image", "bad"])
    assert verdict.cause is not None
    assert verdict.cause.evidence[0].startswith("134 MB")
    assert verdict.cause.evidence[1].startswith("13 MB  RUN |1 NPM_TOKEN=*** dd if=/dev/zero")


MASTER = process(1, 0, "nginx", caught=TERM, uid=0)


@pytest.mark.parametrize(
    ("processes", "by", "configured", "grade", "uid"),
    [
        ([process(1, 0, "node", uid=0)], [], "", Grade.WARN, 0),
        ([process(1, 0, "node", uid=0)], [], "0:0", Grade.WARN, 0),
        ([process(1, 0, "node", uid=0)], [], "node", Grade.FAIL, 0),
        ([process(1, 0, "node")], [], "", Grade.PASS, 1000),
        # A master that is root opens the port, its workers answer.
        ([MASTER, process(2, 1, "nginx", uid=101)], [listens(1, 2)], "", Grade.PASS, 101),
        ([MASTER, process(2, 1, "nginx", uid=0)], [listens(1, 2)], "", Grade.WARN, 0),
        ([replace(TINI, uid=0), process(2, 1, "serve", uid=7)], [], "", Grade.PASS, 7),
        ([process(1, 0, "master", uid=0), process(2, 1, "work", uid=7)], [], "", Grade.PASS, 7),
        # An init with a sidecar: who answers counts.
        ([replace(TINI, uid=0), process(2, 1, "cron", uid=0), process(3, 1, "serve", uid=7)], [listens(3)], "",
         Grade.PASS, 7),
    ],
)  # fmt: skip
def test_as_whom_the_work_is_done_is_seen_at_the_processes(
    processes: list[Process], by: list[Socket], configured: str, grade: Grade, uid: int
) -> None:
    verdict = image.judge(seen("image", *processes, by=by, user=configured))
    assert told(verdict) == (grade, None if grade is Grade.PASS else "runs-as-root")
    assert verdict.figures["uid"] == uid


def test_a_master_that_is_root_is_told() -> None:
    verdict = image.judge(seen("image", MASTER, process(2, 1, "nginx", uid=101), by=[listens(1, 2)], user=""))
    assert verdict.notes == ("nginx (PID 1) is root, and its workers are not",)


def test_what_could_not_be_seen_is_not_judged_and_told() -> None:
    blind = replace(REAL["image", "good"], samples=(), marks=(Mark(S, image.UNSEEN, "no helper can run here"),))
    verdict = image.judge(blind)
    assert "user not seen" in verdict.summary
    assert "uid" not in verdict.figures
    assert verdict.notes == ("as whom it runs could not be seen: no helper can run here",)


@pytest.mark.parametrize(
    ("patch", "grade"),
    [
        (Patch("grammy@1.46.0", "patches/grammy.patch", present=True), Grade.PASS),
        (Patch("@types/node@24.19.2-rc.1", "patches/node.patch", present=True), Grade.PASS),
        (Patch("grammy@1.46.0", "patches/grammy.patch", present=False), Grade.WARN),
        (Patch("grammy@^1.46.0", "patches/grammy.patch", present=True), Grade.WARN),
        (Patch("grammy@1", "patches/grammy.patch", present=True), Grade.WARN),
        (Patch("@types/node", "patches/node.patch", present=True), Grade.WARN),
    ],
)
def test_patches_are_exact_and_there(patch: Patch, grade: Grade) -> None:
    verdict = image.judge(replace(REAL["image", "good"], build=BuildContext(patches=(patch,))))
    assert told(verdict) == (grade, None if grade is Grade.PASS else "patch-unfit")


def test_what_an_image_is_made_of_and_may_change_is_told_as_a_note() -> None:
    unpinned = replace(REAL["image", "good"], marks=(Mark(S, image.UNPINNED, "node:24"),))
    assert "node:24 is not pinned" in image.judge(unpinned).notes[0]
    pulled = with_facts(REAL["image", "good"], image="redis")
    subject = replace(pulled.subject, service=replace(pulled.subject.service, builds=False))
    assert "redis has no version" in image.judge(replace(pulled, subject=subject)).notes[0]


# data-placement


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
    from seatrial.drill.data_paths import own_files

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
        ([Mount("volume", "/etc/ssl/own", "certificates")], Grade.PASS),
    ],
)
def test_a_volume_beside_the_data_is_found(mounts: list[Mount], grade: Grade) -> None:
    recording = with_facts(REAL["data-placement", "sql"], mounts=tuple(mounts))
    assert data_placement.judge(replace(recording, changes=())).grade is grade


# zombies

DEAD = process(9, 1, state="Z")
ALIVE = process(9, 4, "sleep")


def looks(*groups: Sequence[Process], every_ns: int = S) -> Recording:
    samples = tuple(Sample(number * every_ns, (NODE, *group)) for number, group in enumerate(groups))
    return replace(seen("zombies", NODE), samples=samples)


@pytest.mark.parametrize(
    ("groups", "grade"),
    [
        ([[]], Grade.PASS),
        # Seen once and gone: somebody reaps.
        ([[DEAD], []], Grade.PASS),
        ([[DEAD], [DEAD]], Grade.WARN),
        ([[DEAD], [DEAD, process(10, 1, state="Z")], [DEAD, process(10, 1, state="Z")]], Grade.FAIL),
        # The number was used again: another process, and the first one was reaped.
        ([[DEAD], [replace(DEAD, start_ticks=99)], [replace(DEAD, start_ticks=99)]], Grade.WARN),
        # Just ended: it has not had a moment yet.
        ([[DEAD], [DEAD, process(10, 1, state="Z")]], Grade.WARN),
    ],
)
def test_zombies_that_stay_are_a_warning_and_more_and_more_a_failure(groups: list[list[Process]], grade: Grade) -> None:
    assert zombies.judge(looks(*groups)).grade is grade


def test_orphans_that_were_seen_alive_make_the_fix_certain() -> None:
    verdict = zombies.judge(looks([ALIVE], [DEAD], [DEAD]))
    assert verdict.cause is not None
    assert (verdict.cause.fix, verdict.cause.confidence) == ("init: true", Confidence.CERTAIN)


def test_an_init_does_not_help_with_the_children_of_others() -> None:
    worker = process(5, 1, "worker")
    verdict = zombies.judge(looks([worker, replace(DEAD, parent=105)], [worker, replace(DEAD, parent=105)]))
    assert verdict.cause is not None
    assert verdict.cause.fix.startswith("let worker (PID 5) wait for its children")


def test_what_a_health_check_leaves_behind_is_told() -> None:
    from seatrial.engine.facts import Check

    recording = with_facts(looks([DEAD], [DEAD]), check=Check(("CMD-SHELL", "sleep 5 && curl -f http://127.0.0.1/")))
    verdict = zombies.judge(recording)
    assert verdict.cause is not None
    assert "sleep: also in the health check" in verdict.cause.evidence
    assert "shorter than its `timeout`" in verdict.cause.fix
