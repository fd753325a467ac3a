"""Is a service that hangs noticed, as soon as its health check says, and does it go on afterwards?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.crash import hanging
from seatrial.drill.crash.crashes import BACK, seconds
from seatrial.drill.drill import Drill
from seatrial.drill.timeline import timeline
from seatrial.drill.unjudged import skip
from seatrial.drill.verdict import Cause, Finding, Grade, Verdict, concluded
from seatrial.lifecycle.health_timing import unhealthy_after_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording
    from seatrial.engine.facts import Check

NAME = "hang"
_LONG_S = 60.0
# The engine's: moby daemon/health.go.
_INTERVAL_S, _TIMEOUT_S = 30.0, 30.0


def record(scene: Scene, place: Place) -> Recording:
    """SIGSTOP to the processes that do the work, until the engine calls the service unhealthy."""
    with scene.recorder(NAME, place) as recorder:
        check = recorder.subject.facts.check
        if check is None:
            raise skip("it has no health check: nobody would notice that it hangs")
        computed = unhealthy_after_s(check)
        if computed > _LONG_S and not scene.deep:
            raise skip(f"by its check a hang stays unnoticed for up to {computed:g} s: only --deep waits so long")
        hanging.hung(recorder, computed, _probe_s(check))
    return recorder.recording()


def judge(recording: Recording) -> Verdict:
    """Noticed within the computed time and a probe more; dependents answer meanwhile; well again afterwards."""
    service, check = recording.service, recording.subject.facts.check
    frozen, resumed = recording.mark(hanging.FROZEN), recording.mark(hanging.RESUMED)
    if frozen is None or resumed is None or check is None:
        return Verdict(NAME, service, Grade.INCONCLUSIVE, "it could not be frozen")
    own = [e for e in recording.events if e.container_id == recording.subject.facts.id]
    earlier = [e.action for e in own if e.time_ns < frozen.at_ns and e.action.startswith("health_status")]
    if earlier and earlier[-1] == hanging.UNHEALTHY:
        return Verdict(NAME, service, Grade.INCONCLUSIVE, "its check failed by itself before it was frozen: try again")
    during = [e for e in own if frozen.at_ns <= e.time_ns <= resumed.at_ns]
    if any(e.action == "die" for e in during):
        reason = "it was ended while it was frozen: something watches it besides the engine"
        return Verdict(NAME, service, Grade.INCONCLUSIVE, reason)
    unhealthy = next((e.time_ns for e in during if e.action == hanging.UNHEALTHY), None)
    noticed, computed = seconds(frozen.at_ns, unhealthy), unhealthy_after_s(check)
    again = seconds(resumed.at_ns, next((mark.at_ns for mark in recording.marks if mark.what == BACK), None))
    known = {"noticed_s": noticed, "computed_s": computed, "well_again_s": again}
    figures = {name: round(value, 3) for name, value in known.items() if value is not None}
    figures |= {f"overhead_{part}_s": round(spent, 3) for part, spent in recording.overhead_s.items()}
    fine = f"a hang is noticed after {noticed or 0:.1f} s (computed: at most {computed:g} s)"
    verdict = concluded(NAME, service, _findings(recording, noticed, again), fine, figures)
    return replace(verdict, notes=(*verdict.notes, *_notes(recording)))


DRILL = Drill(
    NAME,
    "a hang is noticed as soon as the health check says, and dependents do not hang too",
    judge,
    record,
    default=False,
    does="freezes its processes until its health check notices",
)


def _findings(recording: Recording, noticed: float | None, again: float | None) -> Iterator[Finding]:
    frozen, resumed, check = (
        recording.mark(hanging.FROZEN),
        recording.mark(hanging.RESUMED),
        recording.subject.facts.check,
    )
    assert frozen and resumed and check  # noqa: PT018, S101
    lines = timeline(recording, frozen.at_ns)
    computed, probe = unhealthy_after_s(check), _probe_s(check)
    if noticed is None:
        held = (resumed.at_ns - frozen.at_ns) / 1e9
        evidence = (f"its check went on passing: {' '.join(check.test)[:120]}", *lines)
        fix = "let the check ask the service for an answer (HTTP request, query), with a limit of its own"
        cause = Cause(causes.PROBE_BROKEN, fix, evidence)
        yield Finding(Grade.FAIL, f"it hung for {held:.0f} s and was called healthy", cause)
    elif noticed > _LONG_S:
        fix = "shorter `interval` and `timeout`, or fewer `retries`"
        yield Finding(Grade.WARN, f"a hang is noticed only after {noticed:.0f} s", Cause(causes.NO_TIMEOUT, fix, lines))
    elif noticed > computed + probe:
        text = f"a hang was noticed after {noticed:.1f} s, and by its check it should have been within {computed:g} s"
        yield Finding(Grade.WARN, text)
    if again is None:
        yield Finding(Grade.FAIL, "it was not well again after it could go on")
    hanging_too = [mark.detail for mark in recording.marks if mark.what == hanging.HANGS]
    if hanging_too:
        fix = f"a limit for connecting and reading in {', '.join(name.split()[0] for name in hanging_too)}"
        evidence = (f"no answer within {hanging.PATIENCE_S:g} s", *lines)
        text = f"while it hangs, so does {', '.join(hanging_too)}"
        yield Finding(Grade.WARN, text, Cause(causes.NO_TIMEOUT, fix, evidence))


def _notes(recording: Recording) -> Iterator[str]:
    answered = [mark.detail for mark in recording.marks if mark.what == hanging.ANSWERED]
    if answered:
        yield f"dependents answered meanwhile: {', '.join(answered)}"


def _probe_s(check: Check) -> float:
    """One probe that hits its limit, and the wait before it."""
    return (check.interval_s or _INTERVAL_S) + (check.timeout_s or _TIMEOUT_S)
