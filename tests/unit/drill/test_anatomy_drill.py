"""How far the stop signal gets, by the masks of the processes on its way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from seatrial.drill.drills import anatomy
from seatrial.drill.verdict import Confidence, Grade
from unit.drill.looked import NODE, QUIT, SERVE, SH, TERM, TINI, listens, process, seen, told

if TYPE_CHECKING:
    from seatrial.engine.inside import Process

# What Go programs, and no others, catch.
NEARLY_ALL = 0xFFFFFFFE7FC1FEFF
WINDOW = "SIGWINCH"


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


LOOP = ("sh", "-c", "trap '' TERM; while true; do sleep 1; done")
UNTRAP = "remove `trap '' TERM`: what the shell starts inherits that, through `exec` too; then "
PASS_ON = "the script itself must pass the signal on"


@pytest.mark.parametrize(
    ("processes", "fix"),
    [
        # With and without its child of the moment, and below an init.
        ([process(1, 0, *LOOP, ignored=TERM), process(7, 1, "sleep", "1", ignored=TERM)], UNTRAP + PASS_ON),
        ([process(1, 0, *LOOP, ignored=TERM)], UNTRAP + PASS_ON),
        ([TINI, process(7, 1, *LOOP, ignored=TERM), process(8, 7, "sleep", "1", ignored=TERM)], UNTRAP + PASS_ON),
        # One that handles the signal itself can take the shell's place; one that does not needs an init then.
        ([process(1, 0, "sh", "-c", "trap '' TERM; serve; x", ignored=TERM), SERVE], UNTRAP + "start it directly"),
        ([SH, SERVE], "not `init: true`, which would only hide sh"),
        ([SH, process(7, 1, "sleep", "1000")], "with `init: true` then: sleep does not handle SIGTERM"),
        # Of a script only its processes are known.
        ([process(1, 0, "sh", "/run.sh"), process(7, 1, "sleep", "1")], PASS_ON),
        ([process(1, 0, "sh", "/run.sh"), SERVE], "in /run.sh write `exec serve ...`"),
    ],
)
def test_the_fix_is_one_that_helps(processes: list[Process], fix: str) -> None:
    verdict = anatomy.judge(seen("anatomy", *processes))
    assert told(verdict) == (Grade.FAIL, "shell-swallows-signal")
    assert verdict.cause
    assert fix in verdict.cause.fix
    assert ("hide" in verdict.cause.fix) <= ("`init: true` then" not in verdict.cause.fix)


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


def test_an_image_with_an_init_of_its_own_needs_no_other() -> None:
    processes = (
        process(1, 0, "/sbin/docker-init", "--"),
        process(7, 1, "/sbin/tini", "--"),
        process(8, 7, "node", "x"),
    )
    notes = [anatomy.judge(seen("anatomy", *processes, init=one)).notes for one in (True, False)]
    assert ["remove `init: true`" in " ".join(told) for told in notes] == [True, False]
