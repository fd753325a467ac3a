"""Who stands between the engine's signal and the program that does the work, and does not pass it on. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.service.anatomy import is_runner, is_shell, program, shown
from seatrial.drill.stop.case import said_since
from seatrial.drill.stop.freed import exec_form, ignoring
from seatrial.drill.verdict import Cause, Confidence
from seatrial.lifecycle.shell_text import is_idle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.stop.case import Case
    from seatrial.engine.inside import Process

_LONGEST = 80


def on_the_way(case: Case) -> Iterator[Cause]:
    """The outermost that is to blame; nobody when the stop was no better without them."""
    found = case.anatomy
    if not found.between or found.workload is None:
        return
    first, workload = found.between[0], found.workload
    idle = is_idle(program(first)) and not first.catches(case.number)
    # Alike both ways: the way is not to blame, except for a program that never passes a signal on.
    if case.control is False and not idle:
        return
    ignored = is_shell(first) and first.ignores(case.number)
    confidence = Confidence.CERTAIN if case.control or ignored or idle else Confidence.LIKELY
    tree = " > ".join(shown(process) for process in found.chain)
    evidence = [f"{case.signal} went to {shown(found.chain[0])}; the work is done by {shown(workload)}: {tree}"]
    if ignored:
        evidence.append(ignoring(first, workload if workload.ignores(case.number) else first, case.signal))
    if case.control:
        evidence.append(f"{case.signal} sent straight to {shown(workload)}: it stopped as it should{_said(case)}")
    who = first if is_shell(first) or idle else found.runner or found.shell
    if who is None:
        yield from _master(case, first, tuple(evidence), confidence)
        return
    if idle:
        evidence.append(f"{shown(first)} only waits: it keeps the container running, and passes nothing on")
    if found.init:
        evidence.append("`init: true` only makes it fast: the init ends with the shell, and the kernel kills the rest")
    kind = causes.SHELL_SWALLOWS if is_shell(who) and not is_runner(who) else causes.WRAPPER_SWALLOWS
    yield Cause(kind, exec_form(workload, who, case.number, case.signal), tuple(evidence), confidence)


def _master(case: Case, first: Process, evidence: tuple[str, ...], confidence: Confidence) -> Iterator[Cause]:
    """A program of the service's own that starts others."""
    if not case.handles(first):
        seen = case.deaf(first)
        fix = f"handle {case.signal} in {program(first)}: pass it on to its workers and wait for them"
        yield Cause(causes.NO_HANDLER, fix, (seen, *evidence), confidence)
    elif not case.stop.killed:
        fix = f"let {program(first)} wait for its workers after {case.signal} (the process manager's setting)"
        left = f"{shown(first)} ended while {shown(case.anatomy.chain[-1])} was at work, which the kernel killed then"
        yield Cause(causes.WORKERS_ABANDONED, fix, (left, *evidence), confidence)
    elif case.control:
        fix = f"let {program(first)} pass {case.signal} on to its workers"
        yield Cause(causes.WRAPPER_SWALLOWS, fix, evidence, confidence)


def _said(case: Case) -> str:
    """What its log has only then."""
    if case.recording.control is None:
        return ""
    known = set(said_since(case.recording))
    new = [text for text in said_since(case.recording.control) if text not in known]
    return f", and said `{new[-1][:_LONGEST]}`, which it did not before" if new else ""
