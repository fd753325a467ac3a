"""Does the service stop as its configuration says, in time, and with every request answered that was in flight?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.drill import Drill
from seatrial.drill.service.group_signal import unprotected
from seatrial.drill.service.known import kind_of
from seatrial.drill.stop import experiment, fixes, stopping
from seatrial.drill.stop.case import Case, complaints, said_since
from seatrial.drill.stop.causes import cause, wrong_signal
from seatrial.drill.stop.ended import GIVEN_UP, Stop, number_of, stop
from seatrial.drill.stop.flight import RELEASED, by_proxy, cut_at_length, pace, requests, unread
from seatrial.drill.timeline import timeline
from seatrial.drill.traffic.request import SPOILT
from seatrial.drill.verdict import Cause, Confidence, Finding, Grade, Verdict, concluded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording
    from seatrial.drill.service.kinds import Sign
    from seatrial.drill.traffic.classify import Classes

NAME = "graceful-stop"
# Shares of the grace: one slow disk further, and SIGKILL comes.
_NEAR, _TOO_NEAR = 0.5, 0.8
_SIGNAL_BASE = 128
_LINE = 160


def record(scene: Scene, place: Place) -> Recording:
    """A stop through the engine; when it is not clean and something stands in the signal's way, one without the way."""
    recording = stopping.through_engine(scene, NAME, place)
    ended = stop(recording)
    if ended is None or not scene.sees or recording.refusal:
        return recording
    between = Case(recording, ended, lost=False).anatomy.between
    sound = clean(recording) and _proven(recording, requests(recording, ended)) and not _said(recording)
    if between and not sound:
        scene.tell(f"{place.service}: {NAME}: once more, with the signal sent straight to the process")
        recording = replace(recording, control=stopping.straight(scene, NAME, place))
    return _with_attempts(scene, place, recording)


def _with_attempts(scene: Scene, place: Place, recording: Recording) -> Recording:
    """With the fixes that were tried on copies of the container, when it failed and something can be tried."""
    ended, found = stop(recording), judge(recording)
    if ended is None or not scene.options.tries:
        return recording
    case = Case(recording, ended, lost=False, control=_control(recording))
    differences = fixes.signal_of_manual(case)
    if found.grade is Grade.FAIL:
        differences = fixes.candidates(case, found.cause) if found.cause else ()
    attempts = experiment.try_fixes(scene, NAME, place, differences, lambda tried: _helps(tried, recording))
    return replace(recording, attempts=attempts)


def trials(recording: Recording) -> Iterator[tuple[str, str]]:
    """What was tried on copies, as it is written in a compose file, and what came of it."""
    for attempt in recording.attempts:
        good = _is_good(attempt.recording, recording)
        yield fixes.wording(attempt.difference), fixes.outcome(attempt, _lost, good=good)


def _control(recording: Recording) -> bool | None:
    """Whether the program stopped well when it got the signal itself; None when that was not tried.

    What started it may go on without it, and the container with that: then the program's own end counts.
    """
    control = recording.control
    if control is None:
        return None
    ended = stop(control)
    if ended is None or control.refusal or not control.mark(GIVEN_UP):
        return clean(control)
    case = Case(control, ended, lost=False)
    workload = case.anatomy.workload
    last = next((sample for sample in reversed(control.samples) if sample.processes), None)
    alive = last is None or workload is None or any(p.pid == workload.pid and p.state != "Z" for p in last.processes)
    return not alive and not fixes.restarter(case) and not requests(control, ended).in_flight.lost


def _is_good(recording: Recording, original: Recording) -> bool:
    return _helps(recording, original) is True


def _helps(recording: Recording, original: Recording) -> bool | None:
    """Whether the stop of a copy shows that the fix works; None when less was in flight than at the failed stop."""
    ended, before = stop(recording), stop(original)
    if ended is None or ended.used_s is None or before is None or not clean(recording):
        return False
    if ended.used_s > _TOO_NEAR * ended.grace_s:
        return False
    if recording.trial is None and any(_unprotected(recording, ended, "")):
        return False
    as_much = _proven(recording, requests(recording, ended)) or not _proven(original, requests(original, before))
    return True if as_much else None


def _lost(recording: Recording) -> str:
    ended = stop(recording)
    classes = requests(recording, ended) if ended and recording.requests else None
    if classes is None:
        return "no request was tried"
    return f"{len(classes.in_flight.lost)} of {classes.in_flight.total} requests in flight lost"


def judge(recording: Recording) -> Verdict:
    """By exit code, grace used, SIGKILL and requests lost; never a PASS when nothing was in flight."""
    ended = stop(recording)
    if ended is None or ended.used_s is None or ended.exit_code is None:
        reason = "it did not end, although the engine was asked to stop it"
        return Verdict(NAME, recording.service, Grade.INCONCLUSIVE, reason)
    classes = requests(recording, ended)
    figures = _figures(recording, ended, classes)
    findings = [*_main(recording, ended, classes), *_minor(recording, ended, classes)]
    fine = _told(recording, ended, classes)
    if not findings and not _proven(recording, classes):
        findings += _silent(recording, ended, fine)
    if not findings and recording.trial is None:
        findings += _unprotected(recording, ended, fine)
    if not findings and not _proven(recording, classes):
        reason, grade = _why_nothing(recording, ended), _unproven(recording, ended)
        if grade is Grade.PASS:
            return Verdict(NAME, recording.service, grade, fine, notes=(reason,), figures=figures)
        return Verdict(NAME, recording.service, grade, f"{fine}; not judged: {reason}", figures=figures)
    verdict = concluded(NAME, recording.service, findings, fine, figures)
    return replace(verdict, notes=(*verdict.notes, *spoilt(recording)))


DRILL = Drill(
    NAME,
    "a stop under traffic ends in time, by itself, and loses no request",
    judge,
    record,
    default=True,
    does="stops it under traffic, as Compose would, and starts it",
)


def clean(recording: Recording) -> bool | None:
    """Whether a stop was no failure; None when it could not be judged."""
    ended = stop(recording)
    if ended is None or recording.refusal:
        return None
    if ended.used_s is None or recording.mark(GIVEN_UP):
        return False
    return not any(_main(replace(recording, control=None), ended, requests(recording, ended)))


def _main(recording: Recording, ended: Stop, classes: Classes) -> Iterator[Finding]:
    """What makes a stop a failure, as one finding."""
    lost = classes.in_flight.lost if _must_answer(recording) else ()
    repaired = _repaired(recording, Confidence.CERTAIN)
    bad = ended.killed or ended.out_of_memory or lost or repaired or not _allowed(recording, ended)
    if bad or ended.used_s is None:
        case = Case(recording, ended, bool(lost), _control(recording))
        # A database may end badly both ways, for two reasons; who left it to die comes first.
        why = cause(case) or (cause(replace(case, control=None)) if repaired else None)
        said = (*complaints(recording), *(f"log: {line}" for line, _ in repaired))
        why = _settled(why, case) if why else None
        why = replace(why, evidence=(*why.evidence, *said)) if why else None
        after = f"; {repaired[0][1]}" if repaired else ""
        text = f"{_told(recording, ended, classes)}{after}"
        yield Finding(Grade.FAIL, text, _with_timeline(why, recording, ended))


def _settled(found: Cause, case: Case) -> Cause:
    return fixes.settle(found, case, lambda tried: _is_good(tried, case.recording), _lost)


def _repaired(recording: Recording, confidence: Confidence) -> tuple[tuple[str, str], ...]:
    """What it said at its next start that tells of a stop that was none, as sure as that is, and what it means.

    What is only likely to tell that is certain when it is not said after a stop with the signal sent straight.
    """
    control = {sign for _, sign in _said(recording.control)} if recording.control else None
    told = []
    for line, sign in _said(recording):
        differs = control is not None and sign not in control
        if (Confidence.CERTAIN if differs else sign.confidence) is confidence:
            told.append((line[:_LINE], sign.meaning))
    return tuple(told)


def _said(recording: Recording) -> tuple[tuple[str, Sign], ...]:
    """Lines at its next start that are signs of a stop that was none."""
    facts = recording.subject.facts
    lines = [mark.detail for mark in recording.marks if mark.what == stopping.REPAIRED]
    signs = kind_of(facts.image, facts.command).unclean
    return tuple((line, sign) for line in lines for sign in signs if sign.text in line)


def _silent(recording: Recording, ended: Stop, fine: str) -> Iterator[Finding]:
    """Without requests: the program tells of its end when it gets the signal itself, not when the engine sends it."""
    if recording.control is None or not clean(recording.control):
        return
    if said_since(recording) or not said_since(recording.control):
        return
    found = cause(Case(recording, ended, lost=False, control=True))
    if found:
        found = _with_timeline(replace(found, confidence=Confidence.LIKELY), recording, ended)
        yield Finding(Grade.FAIL, f"{fine}; the program itself did not get the signal", found)


def _unprotected(recording: Recording, ended: Stop, fine: str) -> Iterator[Finding]:
    """Workers without a port that the init's signal ends, whatever they have in hand."""
    if not recording.samples:
        return
    number = number_of(recording.subject.facts.stop_signal)
    how, ended_by_it = unprotected(recording.samples[0].processes, number)
    if ended_by_it:
        case = Case(recording, ended, lost=False)
        first = "tini without -g" if how.startswith("tini") else "dumb-init --single-child"
        fix = f"signal the parent only ({first}), or ignore {case.signal} in the workers until their job is done"
        evidence = (f"{how} sends {case.signal} to every process", *map(case.deaf, ended_by_it[:3]))
        text = f"{fine}; {len(ended_by_it)} workers end at once on {case.signal}, with the job in hand"
        found = _settled(Cause(causes.NO_HANDLER, fix, evidence), case)
        # Whether a job was lost is not seen, neither here nor on a copy.
        yield Finding(Grade.FAIL, text, replace(found, confidence=Confidence.LIKELY))


def _minor(recording: Recording, ended: Stop, classes: Classes) -> Iterator[Finding]:
    if ended.killed or ended.used_s is None:
        return
    for line, meaning in _repaired(recording, Confidence.LIKELY):
        yield Finding(Grade.WARN, f"{meaning}, as it seems: {line}")
    if signal := next(wrong_signal(recording), None):
        yield Finding(Grade.WARN, signal.evidence[-1], _with_timeline(signal, recording, ended))
    used, own = _own_use_s(recording, ended), ended.grace_s
    budget = recording.subject.extension.budgets.stop_s
    if budget and used > budget:
        fix = f"make it stop within its budget of {budget:g} s, or change budgets.stop"
        yield Finding(
            Grade.FAIL, f"used {used:.1f} s of its {budget:g} s budget", Cause(causes.DRAIN_EXCEEDS_GRACE, fix)
        )
    elif own and used > _NEAR * own:
        fix = f"stop_grace_period: {fixes.sufficient_grace_s(used)}s, or shorten the drain"
        grade = Grade.FAIL if used > _TOO_NEAR * own else Grade.WARN
        found = Cause(causes.DRAIN_EXCEEDS_GRACE, fix, (f"{used:.2f} s of {own} s",), Confidence.LIKELY)
        yield Finding(grade, f"used {used:.1f} s of {own} s grace: SIGKILL is near", found)
    hung, cut = classes.new.kinds.get("hung", 0), cut_at_length(recording, ended, classes)
    fix = "close the listening socket first, so that new connections are refused"
    if hung:
        evidence = (f"{hung} connections made after the signal got no answer within a second",)
        text = "new connections hang while it stops"
        yield Finding(Grade.FAIL, text, Cause(causes.EXITS_WITHOUT_DRAINING, fix, evidence))
    if cut and _must_answer(recording):
        evidence = (f"{cut} connections made after the signal were accepted, then cut",)
        text = "connections are accepted during the stop, then cut"
        yield Finding(Grade.WARN, text, Cause(causes.EXITS_WITHOUT_DRAINING, fix, evidence, Confidence.LIKELY))
    known = pace(recording, ended)
    if any(not unread(request, ended, known) for request in classes.queued.lost):
        text = f"accept queue dropped: {classes.queued} requests on connections made before the signal"
        yield Finding(Grade.WARN, text, Cause(causes.EXITS_WITHOUT_DRAINING, fix, confidence=Confidence.LIKELY))


def _allowed(recording: Recording, ended: Stop) -> bool:
    """0 and 128 + signal are the same service with and without an init; a service may declare its own."""
    declared = recording.subject.extension.exit_codes
    number = number_of(recording.subject.facts.stop_signal)
    return ended.exit_code in (declared or (0, _SIGNAL_BASE + number))


def _must_answer(recording: Recording) -> bool:
    facts = recording.subject.facts
    return kind_of(facts.image, facts.command).finishes


def _proven(recording: Recording, classes: Classes) -> bool:
    """Whether there was something to lose, or the kind of service is one that may lose it."""
    answered_half = classes.half_head.total > 0 and not classes.half_head.lost
    return classes.in_flight.total > 0 or answered_half or not _must_answer(recording)


def _unproven(recording: Recording, ended: Stop) -> Grade:
    """The grade of a good stop at which nothing was in flight.

    PASS for a worker, whose processes tell; SKIP where no request can be in flight; else it could have been judged.
    """
    trial = recording.trial
    if _starved(recording, ended) or (trial and (trial.error or trial.doubt)) or spoilt(recording):
        return Grade.INCONCLUSIVE
    if trial is None and not _told_none(recording):
        return Grade.PASS if _handled(recording, ended) else Grade.SKIP
    if trial and recording.subject.extension.straddle:
        return Grade.INCONCLUSIVE
    return Grade.SKIP


def _why_nothing(recording: Recording, ended: Stop) -> str:
    """Why nothing was in flight, as a sentence."""
    trial = recording.trial
    if _starved(recording, ended):
        return (
            "nothing was in flight for certain (what was lost may never have been read: it answers unevenly, or this "
            "machine is too busy)"
        )
    if trial is None:
        which = "x-seatrial says `probe: none`" if _told_none(recording) else "it has no port that is known"
        return f"{which}, so no request can be in flight; x-seatrial: {{writer: ...}} proves that no job is lost"
    if trial.error or trial.doubt:
        tcp = (
            "" if trial.error or trial.answer else "; of a server without HTTP say so: x-seatrial: {probe: tcp://:PORT}"
        )
        return f"nothing was in flight ({trial.error or trial.doubt}){tcp}"
    for text in spoilt(recording):
        return f"nothing was in flight: {text}"
    if trial.answer is None:
        return (
            "its port takes connections and gives no HTTP answer, so no request can be in flight; "
            "a route is declared by x-seatrial: {probe: http://...}"
        )
    return (
        f"nothing was in flight: it answers in {trial.answer.seconds * 1000:.0f} ms, and reads no body; "
        "a route that does is declared by x-seatrial: {straddle: POST /...}"
    )


def _starved(recording: Recording, ended: Stop) -> bool:
    known = pace(recording, ended)
    return any(unread(request, ended, known) for request in recording.requests)


def _told_none(recording: Recording) -> bool:
    probe = recording.subject.extension.probe
    return probe is not None and probe.scheme == "none"


def _handled(recording: Recording, ended: Stop) -> bool:
    """Whether the process that does the work catches the stop signal, and its container ends with 0."""
    case = Case(recording, ended, lost=False)
    workload = case.anatomy.workload
    return workload is not None and ended.exit_code == 0 and case.handles(workload)


def spoilt(recording: Recording) -> tuple[str, ...]:
    """That its usual answer is an error."""
    answer, expect = recording.trial and recording.trial.answer, recording.subject.extension.expect
    if not answer or answer.status < SPOILT or answer.status in expect:
        return ()
    return (f"it answers {answer.status} also when nothing is done to it: see its log, or declare another route",)


def _own_use_s(recording: Recording, ended: Stop) -> float:
    """What it took itself, without the time in which we kept it waiting for the rest of a request."""
    released = recording.mark(RELEASED)
    begin = ended.signal_ns
    if released and ended.ended_ns is not None and begin < released.at_ns < ended.ended_ns:
        begin = released.at_ns
    return max((ended.ended_ns or begin) - begin, 0) / 1e9


def _told(recording: Recording, ended: Stop, classes: Classes) -> str:
    flight = f"in flight {classes.in_flight}" if classes.in_flight.total else "nothing in flight"
    if classes.half_head.total:
        flight += f", half asked {classes.half_head}"
    how = f"SIGKILL after {ended.used_s or 0:.1f} s" if ended.killed else f"ended in {ended.used_s or 0:.2f} s"
    via = ", via a published port" if by_proxy(recording) else ""
    if recording.machine and recording.requests:
        via = f", via a port published on {recording.machine}"
    return f"{how} of {ended.grace_s} s grace, exit {ended.exit_code}, {flight}{via}"


def _with_timeline(found: Cause | None, recording: Recording, ended: Stop) -> Cause | None:
    lines = timeline(recording, ended.sent_ns, until_ns=(ended.ended_ns or ended.sent_ns) + 10**9)
    return replace(found, evidence=(*found.evidence, *lines)) if found else None


def _figures(recording: Recording, ended: Stop, classes: Classes) -> dict[str, float]:
    figures = {
        "used_s": round(ended.used_s or 0, 4),
        "grace_s": float(ended.grace_s),
        "exit_code": float(ended.exit_code or 0),
        "in_flight": float(classes.in_flight.total),
        "in_flight_lost": float(len(classes.in_flight.lost)),
        "new_cut": float(classes.new.kinds.get("cut", 0)),
        "signal": float(ended.signal),
    }
    back = recording.mark(stopping.BACK)
    started = next((e for e in recording.events if e.action == "start" and e.time_ns > ended.signal_ns), None)
    if back and started:
        figures["ready_again_s"] = round((back.at_ns - started.time_ns) / 1e9, 3)
    return figures | {f"overhead_{part}_s": round(spent, 3) for part, spent in recording.overhead_s.items()}
