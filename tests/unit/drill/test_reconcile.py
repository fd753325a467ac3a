"""Drills that look at the same thing give one cause and one fix, and say so when they disagree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seatrial.drill import journal
from seatrial.drill.reconcile import reconcile
from seatrial.drill.recording import Attempt, Refusal
from seatrial.drill.verdict import Cause, Confidence, Grade, Verdict
from seatrial.engine.copies import Difference

if TYPE_CHECKING:
    from seatrial.drill.recording import Recording

REAL = {r.service: r for r in journal.read(Path(__file__).parents[2] / "data" / "recordings" / "stops.json")}
SOUND, SLOW = REAL["node-drains"], REAL["drains-too-long"]
WAY = Cause("wrapper-swallows-signal", "start it directly", ("a mask",))
TRIED = Cause("no-handler", "init: true; tried on a copy of the container: stops in 0.1 s", ("it was killed",))


def verdict(drill: str, grade: Grade = Grade.FAIL, cause: Cause | None = None, service: str = "api") -> Verdict:
    return Verdict(drill, service, grade, f"{drill} found it", cause)


def test_the_drill_that_tried_it_gives_cause_and_fix_to_the_others() -> None:
    anatomy, idle, stop = reconcile(
        [verdict("anatomy", cause=WAY), verdict("idle-clients", cause=WAY), verdict("graceful-stop", cause=TRIED)], ()
    )
    assert {one.cause and (one.cause.id, one.cause.fix) for one in (anatomy, idle, stop)} == {(TRIED.id, TRIED.fix)}
    assert anatomy.cause
    assert anatomy.cause.evidence == ("a mask", "graceful-stop: no-handler")
    assert anatomy.notes == ("anatomy alone would say wrapper-swallows-signal; graceful-stop has tried it",)
    assert stop.cause
    assert stop.cause.evidence == ("it was killed", "idle-clients: idle-clients found it", "anatomy: anatomy found it")


def test_a_pass_and_a_failure_say_that_they_disagree() -> None:
    anatomy, stop = reconcile([verdict("anatomy", cause=WAY), verdict("graceful-stop", Grade.PASS)], ())
    assert anatomy.cause == WAY
    assert "disagree" in anatomy.notes[0]
    assert not stop.notes


def test_other_services_and_other_causes_stay_as_they_are() -> None:
    said = [
        verdict("anatomy", cause=WAY),
        verdict("graceful-stop", cause=TRIED, service="db"),
        verdict("graceful-stop", cause=replace(TRIED, id="grace-truncated", confidence=Confidence.LIKELY)),
    ]
    assert reconcile(said, ()) == said


@pytest.mark.parametrize(
    ("copy", "grade", "words"),
    [
        (SOUND, Grade.WARN, "stop_signal: SIGQUIT; tried on a copy of the container: stops in"),
        (SLOW, Grade.PASS, "so it is not proposed"),
        (replace(SOUND, refusal=Refusal(Grade.INCONCLUSIVE, "it does not start")), Grade.WARN, "it does not start"),
    ],
)
def test_a_signal_of_the_manual_is_proposed_unless_a_copy_stopped_badly_with_it(
    copy: Recording, grade: Grade, words: str
) -> None:
    recording = replace(SOUND, service="api", attempts=(Attempt(Difference(signal="SIGQUIT"), copy),))
    said = verdict("stop-config", Grade.WARN, Cause("wrong-stop-signal", "stop_signal: SIGQUIT"))
    (found,) = reconcile([said], [recording])
    assert found.grade is grade
    assert words in " ".join((found.cause.fix if found.cause else "", *found.notes))
