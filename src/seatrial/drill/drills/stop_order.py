"""Does the stack stop in the order of its dependencies, and what does that take?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.drill import Drill, Scope
from seatrial.drill.stop.ended import SENT
from seatrial.drill.stop.stack import GUARD_NS, End, critical_path, ends, in_wrong_order, unwritten, violated
from seatrial.drill.stop.stack_stopping import BACK, stack_stopped
from seatrial.drill.verdict import Cause, Confidence, Finding, Grade, Verdict, concluded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording

NAME = "stop-order"
_NS = 1e9


def record(scene: Scene, place: Place) -> Recording:
    """`docker compose stop`: `restart` and `up` go by another order by design."""
    return stack_stopped(scene, NAME, place)


def judge(recording: Recording) -> Verdict:
    """No dependency gets its signal before its dependents have ended, and nobody loses answers before its own."""
    found = ends(recording)
    sent = recording.mark(SENT)
    if sent is None or len(found) < 2:
        return Verdict(NAME, recording.service, Grade.INCONCLUSIVE, "fewer than two services were seen to stop")
    path = critical_path(recording.subject.stack, found)
    total_s = (max(end.ended_ns for end in found.values()) - sent.at_ns) / _NS
    shares = " > ".join(f"{end.service} {end.seconds:.1f} s" for end in path)
    fine = f"{len(found)} services stopped in order in {total_s:.1f} s; the longest way: {shares}"
    findings = [*_order(recording, found), *_edges(recording, found)]
    verdict = concluded(NAME, recording.service, findings, fine, _figures(recording, found, path, total_s))
    notes = [_killed(recording, end, found) for end in path if end.killed]
    told = [] if verdict.grade is Grade.PASS else [f"{total_s:.1f} s in all; the longest way: {shares}"]
    return Verdict(
        NAME,
        recording.service,
        verdict.grade,
        verdict.summary,
        verdict.cause,
        (*verdict.notes, *told, *notes),
        verdict.figures,
    )


DRILL = Drill(
    NAME,
    "the stack stops in the order of its dependencies",
    judge,
    record,
    default=True,
    scope=Scope.STACK,
    does="stops everything and starts it again",
)


def _killed(recording: Recording, end: End, found: Mapping[str, End]) -> str:
    edges = recording.subject.stack.service(end.service).depends_on
    waiting = [edge.service for edge in edges if edge.service in found]
    told = f": {', '.join(waiting)} waited for it, as {end.service} depends on {'it' if len(waiting) == 1 else 'them'}"
    return f"{end.service} needed SIGKILL after {end.seconds:.1f} s{told if waiting else ''}"


def _order(recording: Recording, found: Mapping[str, End]) -> Iterator[Finding]:
    for dependent, dependency in violated(recording.subject.stack, found):
        text = f"{dependency.service} got its signal before {dependent.service}, which depends on it, had ended"
        edge = f"{dependent.service}: {{depends_on: [{dependency.service}]}}"
        fix = f"stop it with `docker compose stop`, with {edge} in force (up)"
        yield Finding(Grade.FAIL, text, Cause(causes.ORDER_VIOLATED, fix, _seen(recording, dependent, dependency)))


def _edges(recording: Recording, found: Mapping[str, End]) -> Iterator[Finding]:
    """Services that talk and have no dependency; worse when that has cost answers."""
    lost = dict(_lost(recording, found))
    for talk in unwritten(recording.subject.stack, recording.talks):
        if not in_wrong_order(talk, found):
            continue
        text = f"{talk.service} talks to {talk.to} at port {talk.port}, which was stopped before it had ended"
        fix = f"services: {{{talk.service}: {{depends_on: [{talk.to}]}}}}"
        evidence = list(_seen(recording, found[talk.service], found[talk.to]))
        count = lost.pop(talk.service, 0)
        if count:
            evidence.append(f"{count} requests to {talk.service} went wrong before it got its own signal")
        grade = Grade.FAIL if count else Grade.WARN
        yield Finding(grade, text, Cause(causes.MISSING_EDGE, fix, tuple(evidence)))
    for service, count in lost.items():
        text = f"{count} requests to {service} went wrong before it got its own signal"
        fix = f"name in depends_on of {service}, or of what it depends on, all that it needs"
        yield Finding(Grade.WARN, text, Cause(causes.MISSING_EDGE, fix, confidence=Confidence.GUESS))


def _lost(recording: Recording, found: Mapping[str, End]) -> Iterator[tuple[str, int]]:
    """By service how many requests ended badly between the order to stop and its own signal."""
    sent = recording.mark(SENT)
    for service, requests in recording.asked.items():
        end = found.get(service)
        if not end or not sent:
            continue
        bad = [
            r
            for r in requests
            if not r.good
            and r.error != "unsent"
            and r.done_ns is not None
            and sent.at_ns <= r.done_ns < end.signal_ns - GUARD_NS
        ]
        if bad:
            yield service, len(bad)


def _seen(recording: Recording, dependent: End, dependency: End) -> tuple[str, ...]:
    sent = recording.mark(SENT)
    zero = sent.at_ns if sent else dependent.signal_ns
    moments = (
        (dependent.signal_ns, f"{dependent.service}: signal"),
        (dependent.ended_ns, f"{dependent.service}: ended"),
        (dependency.signal_ns, f"{dependency.service}: signal"),
        (dependency.ended_ns, f"{dependency.service}: ended"),
    )
    return tuple(f"{(at - zero) / _NS:+.3f} s  {text}" for at, text in sorted(moments))


def _figures(recording: Recording, found: Mapping[str, End], path: tuple[End, ...], total_s: float) -> dict[str, float]:
    figures = {"total_s": round(total_s, 3), "services": float(len(found)), "talks": float(len(recording.talks))}
    figures |= {f"path_{end.service}_s": round(end.seconds, 3) for end in path}
    back, last = recording.mark(BACK), max(end.ended_ns for end in found.values())
    if back:
        figures["steady_again_s"] = round((back.at_ns - last) / _NS, 3)
    return figures
