"""Size, user, patches and what else an image tells of itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from seatrial.drill.drills import image
from seatrial.drill.image.build_context import BuildContext, Patch
from seatrial.drill.live import looking
from seatrial.drill.recording import Mark, Recording
from seatrial.drill.verdict import Grade
from unit.drill.looked import REAL, TERM, TINI, S, listens, process, seen, told, with_facts

if TYPE_CHECKING:
    from seatrial.engine.inside import Process, Socket


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


def test_who_answers_where_the_service_is_asked_counts_and_not_who_listens_elsewhere() -> None:
    both = [replace(TINI, uid=0), process(2, 1, "metrics", uid=0), process(3, 1, "serve", uid=7)]
    recording = seen("image", *both, by=[listens(2, port=9000), listens(3, port=80)], user="")
    assert image.judge(replace(recording, port=80)).figures["uid"] == 7
    assert image.judge(replace(recording, port=None)).figures["uid"] == 0


def test_a_master_that_is_root_is_told() -> None:
    verdict = image.judge(seen("image", MASTER, process(2, 1, "nginx", uid=101), by=[listens(1, 2)], user=""))
    assert verdict.notes == ("nginx (PID 1) is root, and its workers are not",)


def test_what_could_not_be_seen_is_not_judged_and_told() -> None:
    blind = replace(REAL["image", "good"], samples=(), marks=(Mark(S, looking.UNSEEN, "no helper can run here"),))
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
