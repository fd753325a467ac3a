"""Is everything that the service has acknowledged still there, once, after it was stopped, killed and made anew?"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.drill import Drill
from seatrial.drill.live.steady import steady
from seatrial.drill.start.renewing import renew, renewable
from seatrial.drill.unjudged import inconclusive, skip
from seatrial.drill.verdict import Cause, Confidence, Finding, Grade, Verdict, concluded
from seatrial.engine import containers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.data.written import Write
    from seatrial.drill.live.recorder import Recorder
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording

NAME = "durability"
INJECTED = "injected"
_BEFORE_S, _AFTER_S = 1.0, 0.5
_ENGINE_S = 15.0


def record(scene: Scene, place: Place) -> Recording:
    """Write all the time, do to it what was declared, and read in the end."""
    with scene.recorder(NAME, place) as recorder:
        from seatrial.drill.data.writing import Writing

        writer = recorder.subject.extension.writer
        if writer is None:
            raise skip("nothing says how to write to it: x-seatrial: {writer: ...}, see docs/drills.md")
        recorder.before = steady(scene, place.service, recorder.patience_s)
        if "recreate" in writer.faults:
            renewable(recorder)
        with Writing(scene, writer) as writing:
            for fault in writer.faults:
                time.sleep(_BEFORE_S)
                scene.tell(f"{place.service}: {NAME}: {fault} while it is written to")
                recorder.mark(INJECTED, fault)
                _FAULTS[fault](recorder)
                steady(scene, place.service, recorder.patience_s)
            time.sleep(_AFTER_S)
        scene.tell(f"{place.service}: {NAME}: reading what it has kept")
        recorder.found = writing.found()
        recorder.writes = tuple(writing.writes)
        recorder.after = scene.container(place.service)
    return recorder.recording()


def judge(recording: Recording) -> Verdict:
    """Each acknowledged write once, each other at most once."""
    found, taken = recording.found, [write for write in recording.writes if write.acknowledged]
    figures = {"writes": float(len(recording.writes)), "acknowledged": float(len(taken))}
    if found is None or found.error or not taken:
        why = (
            f"what it has kept cannot be read ({found.error})" if found and found.error else "no write was acknowledged"
        )
        return Verdict(NAME, recording.service, Grade.INCONCLUSIVE, f"{why}; see x-seatrial.writer", figures=figures)
    lost = [write for write in taken if not found.counts.get(write.id)]
    twice = sorted(one for one, count in found.counts.items() if count > 1)
    figures |= {"lost": float(len(lost)), "doubled": float(len(twice))}
    done = ", ".join(mark.detail for mark in recording.marks if mark.what == INJECTED)
    fine = f"{len(taken)} writes acknowledged during {done}: each is there once"
    return concluded(NAME, recording.service, _findings(recording, lost, twice, len(taken)), fine, figures)


DRILL = Drill(
    NAME,
    "what was acknowledged is there once, after stop, crash and recreation",
    judge,
    record,
    does="stops it, kills it and makes it anew while it is written to",
    asks="a writer in x-seatrial",
)


def _findings(recording: Recording, lost: list[Write], twice: list[str], taken: int) -> Iterator[Finding]:
    faults = [(mark.at_ns, mark.detail) for mark in recording.marks if mark.what == INJECTED]
    if lost:
        evidence = tuple(_when(write, faults) for write in lost[:5])
        fix = "acknowledge only what is on disk; keep it on a named volume; finish what is in hand on the stop signal"
        cause = Cause(causes.WRITES_LOST, fix, evidence)
        yield Finding(Grade.FAIL, f"{len(lost)} of {taken} acknowledged writes are lost", cause)
    if twice and recording.found:
        written = {write.id: write for write in recording.writes}
        evidence = tuple(f"{recording.found.counts[one]} times: {_when(written[one], faults)}" for one in twice[:5])
        fix = "write down in one step that it is done and what came of it, so that doing it again changes nothing"
        cause = Cause(causes.WRITES_DOUBLED, fix, evidence, Confidence.CERTAIN)
        if _in_hand(recording, [written[one] for one in twice], faults):
            text = "the write in hand at the crash was done again: nobody can avoid that where what it does is outside"
            yield Finding(Grade.WARN, text, replace(cause, confidence=Confidence.LIKELY))
        else:
            yield Finding(Grade.FAIL, f"{len(twice)} writes were done more than once", cause)


def _in_hand(recording: Recording, twice: list[Write], faults: list[tuple[int, str]]) -> bool:
    """Whether each crash accounts for one of them: taken before it, done twice and not more often.

    What a killed process has sent out and not yet written down is sent again. A graceful stop has no such excuse.
    """
    counts = recording.found.counts if recording.found else {}
    left = list(twice)
    for position, (at, what) in enumerate(faults):
        since = faults[position - 1][0] if position else 0
        ended = next((e.time_ns for e in recording.events if e.action == "die" and e.time_ns > at), at)
        own = [write for write in left if since <= write.sent_ns <= ended and counts[write.id] == 2]
        if what == "crash" and own:
            left.remove(own[-1])
    return not left


def _when(write: Write, faults: list[tuple[int, str]]) -> str:
    at = write.done_ns
    before = [(when, what) for when, what in faults if when <= at]
    after = [(when, what) for when, what in faults if when > at]
    near = f"{(at - before[-1][0]) / 1e9:.2f} s after {before[-1][1]}" if before else ""
    if after:
        near = f"{(after[0][0] - at) / 1e9:.2f} s before {after[0][1]}" + (f", {near}" if near else "")
    return f"{write.id} acknowledged {near}"


def _stop(recorder: Recorder) -> None:
    facts = recorder.subject.facts
    with recorder.scene.guardian.owing("start", facts.id):
        containers.stop(facts.id, recorder.subject.grace_s + _ENGINE_S)


def _crash(recorder: Recorder) -> None:
    """Its policy brings it back, or we do."""
    recorder.renew()
    facts = recorder.subject.facts
    sent = time.time_ns()
    with recorder.scene.guardian.owing("start", facts.id):
        if not recorder.scene.inside.signal(facts.pid, "SIGKILL"):
            raise inconclusive("its process was gone before it could be killed")
        recorder.scene.tape.wait(lambda e: e.container_id == facts.id and e.action == "die", sent, _ENGINE_S)
        recorder.scene.tape.wait(lambda e: e.container_id == facts.id and e.action == "start", sent, 1.0)


def _recreate(recorder: Recorder) -> None:
    renew(recorder)
    recorder.subject = recorder.scene.subject(recorder.service)


_FAULTS = {"stop": _stop, "crash": _crash, "recreate": _recreate}
