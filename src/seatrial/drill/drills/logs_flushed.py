"""Is everything that a service logged before its end in its log, or did it die with a buffer?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.drill import Drill
from seatrial.drill.drills import graceful_stop
from seatrial.drill.service.anatomy import anatomy, program
from seatrial.drill.stop import stopping
from seatrial.drill.stop.ended import stop
from seatrial.drill.stop.logged import cut_off, last_ns, shutdown_lines, told
from seatrial.drill.verdict import Cause, Confidence, Finding, Grade, Verdict, concluded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording
    from seatrial.drill.stop.ended import Stop
    from seatrial.drill.stop.logged import Told

NAME = "logs-flushed"
BUFFERS = "its output is kept in blocks:"
# How long before the end the last line may have come for being its last word.
_LAST_NS = 1_000_000_000
# Fewer may be on their way when the signal comes.
_LOST = 3
_WORDS = 160
_SIGNAL_BASE = 128


def record(scene: Scene, place: Place) -> Recording:
    """The stop under traffic that `graceful-stop` records, or one of its own where that was not done."""
    recording = scene.kept.take(
        NAME, graceful_stop.NAME, place, lambda: stopping.through_engine(scene, NAME, place)
    )  # fmt: skip
    if recording.refusal:
        return recording
    facts = recording.subject.facts
    environment = scene.engine.environments([facts.id]).get(facts.id, {})
    if _python(recording) and not environment.get("PYTHONUNBUFFERED") and not facts.tty:
        with scene.recorder(NAME, place) as recorder:
            recorder.mark(BUFFERS, "python, and neither -u nor PYTHONUNBUFFERED")
        recording = replace(recording, marks=(*recording.marks, *recorder.recording().marks))
    return replace(recording, control=None)


def judge(recording: Recording) -> Verdict:
    """By the requests that its log tells of, else by its own lines after the signal; else not at all."""
    service, ended = recording.service, stop(recording)
    if ended is None or ended.ended_ns is None:
        return Verdict(NAME, service, Grade.INCONCLUSIVE, "it did not end, although the engine was asked to stop it")
    found = told(recording, ended.signal_ns)
    after = shutdown_lines(recording, ended.signal_ns)
    figures = {"log_lines": float(len(recording.logs)), "log_lines_after_signal": float(len(after))}
    if found:
        figures |= {"log_requests": float(found.requests), "log_requests_lost": float(len(found.missing_ns))}
    findings = [*_lost(recording, ended, found), *_cut(recording, ended), *_silent(recording, ended, found)]
    fine = _fine(recording, ended, found)
    if not findings and not fine:
        reason = "not judged: its log tells of no requests, and of no end"
        return Verdict(NAME, service, Grade.SKIP, reason, figures=figures)
    verdict = concluded(NAME, service, findings, fine, figures)
    return replace(verdict, notes=(*verdict.notes, *_notes(found)))


DRILL = Drill(
    NAME,
    "what a service logged before it was stopped is in its log",
    judge,
    record,
    does="judges the stop of graceful-stop",
)


def _fine(recording: Recording, ended: Stop, found: Told | None) -> str:
    """What shows that nothing is missing; "" when nothing does."""
    if found:
        return f"its log tells of the {found.requests} requests until the signal, by {found.how}"
    last = last_ns(recording, shutdown_lines(recording, ended.signal_ns))
    if last is not None and ended.ended_ns is not None and last >= ended.ended_ns - _LAST_NS:
        return f"its last line came {max(ended.ended_ns - last, 0) / 1e9:.2f} s before its end"
    return ""


def _lost(recording: Recording, ended: Stop, found: Told | None) -> Iterator[Finding]:
    if found is None or len(found.missing_ns) < _LOST:
        return
    lost, end = len(found.missing_ns), ended.ended_ns or ended.signal_ns
    evidence = (
        f"until {(end - found.last_ns) / 1e9:.2f} s before its end there is a line for every request, by {found.how}",
        f"for the {lost} requests that it answered after that there is none",
        f"log: {found.example[:_WORDS]}",
    )
    text = f"the log lacks the last {lost} of {found.requests} requests that it answered"
    confidence = Confidence.CERTAIN if found.how == "their ids" else Confidence.LIKELY
    yield Finding(Grade.FAIL, text, Cause(causes.LOGS_LOST, _fix(recording, ended), evidence, confidence))


def _cut(recording: Recording, ended: Stop) -> Iterator[Finding]:
    if line := cut_off(recording.logs):
        evidence = (f"the last line is half a JSON object, all before it are whole: {line[:_WORDS]}",)
        cause = Cause(causes.LOGS_LOST, _fix(recording, ended), evidence, Confidence.LIKELY)
        yield Finding(Grade.FAIL, "the log ends in the middle of a line", cause)


def _silent(recording: Recording, ended: Stop, found: Told | None) -> Iterator[Finding]:
    """Nothing at all, from a program that is known to keep its output in blocks and had no chance to write them."""
    mark, by_signal = recording.mark(BUFFERS), _SIGNAL_BASE + ended.signal
    if mark is None or found is not None or recording.logs or not (ended.killed or ended.exit_code == by_signal):
        return
    evidence = (f"{mark.what} {mark.detail}", f"exit {ended.exit_code}: what was in the block is gone")
    cause = Cause(causes.LOGS_LOST, _fix(recording, ended), evidence, Confidence.GUESS)
    yield Finding(Grade.WARN, "if it prints, that is lost: its log is empty, and it was ended by a signal", cause)


def _fix(recording: Recording, ended: Stop) -> str:
    first = "environment: {PYTHONUNBUFFERED: 1}" if _python(recording) else "write every line at once, without a buffer"
    second = f"handle {'the signal in time' if ended.killed else 'the signal'}: flush the log, then exit"
    return f"{first}; or {second}"


def _notes(found: Told | None) -> tuple[str, ...]:
    if found is None or found.late < _LOST:
        return ()
    return (f"the lines of {found.late} requests came half a second and more later: a crash loses such lines",)


def _python(recording: Recording) -> bool:
    """Whether the work is done by Python whose output is kept in blocks: nothing on its command line says otherwise."""
    if not recording.samples:
        return False
    first = recording.samples[0]
    workload = anatomy(first.processes, first.sockets or (), recording.port).workload
    return workload is not None and program(workload).startswith("python") and "-u" not in workload.command[1:3]
