"""Does a service stop as it should when the signal comes while it still starts?"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.drill import Drill
from seatrial.drill.live.steady import steady
from seatrial.drill.service.anatomy import anatomy, is_init, is_shell, shown
from seatrial.drill.start import cycle
from seatrial.drill.start.startup import STARTING, startup
from seatrial.drill.stop.ended import SENT, SIGKILL, name_of, number_of
from seatrial.drill.timeline import timeline
from seatrial.drill.unjudged import inconclusive
from seatrial.drill.verdict import Cause, Confidence, Finding, Grade, Verdict, concluded
from seatrial.engine import containers
from seatrial.engine.stamps import nanoseconds
from seatrial.engine.together import Question
from seatrial.lifecycle.shell_text import untrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.live.recorder import Recorder
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording
    from seatrial.engine.inside import Process

NAME = "stop-while-starting"
ENDED, USUAL = "ended", "seconds until it is usually ready:"
_SHARES = (0.1, 0.5, 0.9)
_TOO_NEAR = 0.8
_ENGINE_S = 15.0
_STARTS_S = 10.0
_SIGNAL_BASE = 128
_SHOWN_NS = 30_000_000_000
# A look takes some milliseconds, and node some to take its own handler away.
_MOMENT_NS = 10_000_000


@dataclass(frozen=True, slots=True)
class Turn:
    """One stop in the middle of a start; times in seconds."""

    at: str
    after_s: float
    sent_ns: int
    signal_ns: int
    used_s: float | None
    exit_code: int | None
    killed: bool


def record(scene: Scene, place: Place) -> Recording:
    """Start it and stop it at a tenth, at half and at nine tenths of the time that it usually takes."""
    before = cycle.taken(scene, NAME, place)
    if before.refusal:
        return before
    usual = startup(before)
    with scene.recorder(NAME, place) as recorder:
        if usual is None or usual.ready_s is None:
            raise inconclusive("it was not seen to be ready after a start: see warm-start")
        recorder.before = steady(scene, place.service, recorder.patience_s)
        own = recorder.subject.facts.id
        limit_s = recorder.subject.grace_s + _ENGINE_S
        with scene.guardian.owing("start", own, late_s=limit_s):
            containers.stop(own, limit_s)
            recorder.mark(USUAL, f"{usual.ready_s:.3f}")
            for share in _SHARES:
                scene.tell(f"{place.service}: {NAME}: stop {share * usual.ready_s:.2f} s after its start")
                _turn(recorder, share, usual.ready_s)
            recorder.read_logs()
        recorder.after = steady(scene, place.service, recorder.patience_s)
    return recorder.recording()


def judge(recording: Recording) -> Verdict:
    """Each of the stops in time and by itself; there is nothing in flight yet."""
    found = turns(recording)
    if not found:
        return Verdict(NAME, recording.service, Grade.INCONCLUSIVE, "it was not stopped while it started")
    usual = recording.mark(USUAL)
    if usual and not any(turn.after_s < float(usual.detail) for turn in found):
        text = (
            f"it is ready after {float(usual.detail):.2f} s, and this machine could not stop it sooner: it is too busy"
        )
        return Verdict(NAME, recording.service, Grade.INCONCLUSIVE, text)
    used = [turn.used_s for turn in found if turn.used_s is not None]
    figures = {"starting_used_s": round(max(used, default=0.0), 4), "turns": float(len(found))}
    fine = f"stopped {len(found)} times while it started, in {max(used, default=0.0):.2f} s at most"
    return concluded(NAME, recording.service, _findings(recording, found), fine, figures)


DRILL = Drill(
    NAME,
    "a stop in the middle of a start is as graceful as a later one",
    judge,
    record,
    default=False,
    does="stops it three times in the middle of a start",
)


def turns(recording: Recording) -> tuple[Turn, ...]:
    """The stops of the recording, in their order."""
    marks = [mark for mark in recording.marks if mark.what == SENT]
    ends = [*(mark.at_ns for mark in marks[1:]), 2**63]
    return tuple(_read(recording, mark.at_ns, end, mark.detail) for mark, end in zip(marks, ends, strict=True))


def _turn(recorder: Recorder, share: float, usual_s: float) -> None:
    """One start, and one stop `share` of its usual time later; how much later it was is measured, not hoped."""
    scene, own = recorder.scene, recorder.subject.facts.id
    begun = recorder.mark(STARTING)
    starting = Question(lambda: containers.start(own))
    event = scene.tape.wait(lambda e: e.container_id == own and e.action == "start", begun, _STARTS_S)
    if event is None:
        starting.answer()
        raise inconclusive("the engine did not start it again")
    recorder.renew()
    left_s = share * usual_s - (time.time_ns() - event.time_ns) / 1e9
    fell = scene.tape.wait(lambda e: e.container_id == own and e.action == "die", event.time_ns, max(left_s, 0))
    if fell:
        raise inconclusive("it ended by itself while it started: see warm-start")
    recorder.sample(sockets=True)
    sent = recorder.mark(SENT, f"{(time.time_ns() - event.time_ns) / 1e9:.2f} s after its start")
    with recorder.sampling():
        containers.stop(own, recorder.subject.grace_s + _ENGINE_S)
        scene.tape.wait(lambda e: e.container_id == own and e.action == "die", sent, _ENGINE_S)
    starting.answer()
    ended = scene.engine.snapshot(scene.stack.name).by_id(own)
    finished = nanoseconds(ended.finished_at) if ended else 0
    if finished:
        recorder.mark(ENDED, at_ns=scene.clock.ours(finished))


def _read(recording: Recording, sent_ns: int, end_ns: int, at: str) -> Turn:
    own = [
        e for e in recording.events if sent_ns <= e.time_ns < end_ns and e.container_id == recording.subject.facts.id
    ]
    kills = [(int(e.attributes.get("signal", 0)), e.time_ns) for e in own if e.action == "kill"]
    died = next((e for e in own if e.action == "die"), None)
    ended = next((m.at_ns for m in recording.marks if m.what == ENDED and sent_ns <= m.at_ns < end_ns), None)
    begin = min((when for number, when in kills if number != SIGKILL), default=sent_ns)
    code = died.attributes.get("exitCode") if died else None
    return Turn(
        at=at,
        after_s=float(at.partition(" ")[0]),
        sent_ns=sent_ns,
        signal_ns=begin,
        used_s=None if ended is None else max(ended - begin, 0) / 1e9,
        exit_code=None if code is None else int(code),
        killed=any(number == SIGKILL for number, _ in kills),
    )


def _findings(recording: Recording, found: tuple[Turn, ...]) -> Iterator[Finding]:
    grace, number = recording.subject.grace_s, number_of(recording.subject.facts.stop_signal)
    allowed = (*recording.subject.extension.exit_codes, 0, _SIGNAL_BASE + number)
    bad = [turn for turn in found if turn.killed or turn.used_s is None or (grace and turn.used_s > _TOO_NEAR * grace)]
    if bad:
        told = ", ".join(f"{turn.at}: {_how(turn)}" for turn in bad)
        yield Finding(Grade.FAIL, f"stopped while it started: {told}", _cause(recording, bad[0]))
    odd = [turn for turn in found if turn not in bad and turn.exit_code not in allowed]
    if odd:
        told = ", ".join(f"{turn.at}: exit {turn.exit_code}" for turn in odd)
        yield Finding(Grade.WARN, f"stopped while it started, it ends as if it had failed: {told}")


def _how(turn: Turn) -> str:
    return f"SIGKILL after {turn.used_s or 0:.1f} s" if turn.killed else f"ended in {turn.used_s or 0:.1f} s"


def _cause(recording: Recording, turn: Turn) -> Cause:
    """By who was there when the signal came, and whether it had a handler for it then."""
    number = number_of(recording.subject.facts.stop_signal)
    signal, lines = name_of(number), timeline(recording, turn.sent_ns, until_ns=turn.sent_ns + _SHOWN_NS)
    first, later = _first(recording, turn)
    if first is None:
        return Cause(causes.DRAIN_EXCEEDS_GRACE, _LEAVE, lines, Confidence.GUESS)
    if is_shell(first) and not first.catches(number):
        how = "ignores" if first.ignores(number) else "does not catch"
        evidence = (f"{shown(first)} was still at work, and {how} {signal}", *lines)
        trap = f"`trap 'exit {_SIGNAL_BASE + number}' {signal.removeprefix('SIG')}`"
        wait = "`sleep 1 & wait $!` where it waits"
        fix = (
            f"{untrap(signal)}; then {trap} at the beginning of the script, and {wait}"
            if first.ignores(number)  # which an init above it does not change
            else f"{trap} at the beginning of the script, and {wait}; or `init: true`"
        )
        return Cause(causes.SHELL_SWALLOWS, fix, evidence)
    # node's own handler takes itself away when the signal comes: then the mask afterwards tells.
    if not is_init(first) and not (later or first).catches(number):
        evidence = (f"{shown(first)} did not catch {signal} yet, and the kernel drops it for PID 1", *lines)
        fix = f"handle {signal} first of all, before anything is loaded or waited for; or `init: true`"
        return Cause(causes.NO_HANDLER, fix, evidence)
    evidence = (f"{shown(first)} was given {signal}, and was still there", *lines)
    if later is None or not turn.killed or is_init(first):
        return Cause(causes.DRAIN_EXCEEDS_GRACE, _LEAVE, evidence, Confidence.LIKELY)
    return Cause(causes.DRAIN_EXCEEDS_GRACE, _LEAVE, evidence)


def _first(recording: Recording, turn: Turn) -> tuple[Process | None, Process | None]:
    """PID 1 in the last look before the signal, and in the first one after it, where it is still the same process."""
    looks = [sample for sample in recording.samples if sample.processes]
    before = [sample for sample in looks if sample.at_ns <= turn.sent_ns]
    first = anatomy(before[-1].processes).first if before else None
    if first is None:
        return None, None
    again = (p for sample in looks if sample.at_ns > turn.signal_ns + _MOMENT_NS for p in sample.processes)
    same = [p for p in again if (p.pid, p.start_ticks) == (first.pid, first.start_ticks)]
    return first, same[0] if same else None


_LEAVE = "leave at once on the signal while nothing is begun yet"
