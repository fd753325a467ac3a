"""Judges what an outage of a dependency did to its dependent. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.outage.answers import (
    AGAIN,
    ANSWERS,
    ASKED,
    CONNECTED,
    FAST_NS,
    HOME,
    LOST,
    MOVED,
    NEEDS,
    OVER,
    RECOVERY_NS,
    REPAIRED,
    SILENT,
    TAKEN,
    Outage,
    outage,
    strip,
)
from seatrial.drill.timeline import timeline
from seatrial.drill.traffic.request import SPOILT
from seatrial.drill.verdict import Cause, Confidence, Finding, Grade, Verdict, concluded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.drill.recording import Recording
    from seatrial.drill.traffic.request import Request
    from seatrial.engine.observed import Event

_NS = 1e9
_STEADY = 0.9
_TO_BE_ASKED = "declare a route: x-seatrial: {probe: http://:PORT/PATH}"


def verdict(recording: Recording) -> Verdict:
    """It must not end, answer within five seconds whatever it answers, and be as before when the dependency is."""
    found = outage(recording)
    name, other = recording.service, recording.dependency
    if found is None:
        told = Verdict(recording.drill, name, Grade.INCONCLUSIVE, f"{other} was not disturbed")
        return replace(told, dependency=other)
    findings = [*_ends(recording, found), *_hangs(recording, found), *_stays_away(recording, found)]
    findings += _routes_lost(recording)
    findings += _asks_another(recording, found) if not findings else ()
    blocked = _unjudgeable(recording, found)
    if not findings and _is_worker(recording):
        told = _worker(recording, found)
    elif blocked and not findings:
        grade = Grade.SKIP if recording.trial and recording.trial.plain else Grade.INCONCLUSIVE
        told = Verdict(recording.drill, name, grade, blocked, figures=_figures(recording, found))
    else:
        told = concluded(recording.drill, name, findings, _fine(recording, found), _figures(recording, found))
    if told.grade is Grade.PASS and recording.requests and _unneeded(recording, found):
        summary = f"{told.summary}; not judged: {_not_needed(recording, found)}"
        told = replace(told, grade=Grade.SKIP, summary=summary)
    if told.cause:
        told = replace(told, cause=replace(told.cause, evidence=(*told.cause.evidence, *_evidence(recording, found))))
    return replace(told, dependency=other, notes=(*told.notes, *_notes(recording)))


def _is_worker(recording: Recording) -> bool:
    """Whether there is nothing to ask: no port, or `probe: none`."""
    return not recording.requests and recording.trial is None


def _worker(recording: Recording, found: Outage) -> Verdict:
    """By its connections to the dependency: there before and again after."""
    name, other, figures = recording.service, recording.dependency, _figures(recording, found)
    ran = f"it went on running while {other} was {_word(recording)}"
    again = recording.mark(CONNECTED)
    if again and again.detail:
        return Verdict(recording.drill, name, Grade.PASS, f"{ran}, and is connected again", figures=figures)
    why = f"{ran}; not judged: it has no port to ask, and no connection to {other} was seen again"
    return Verdict(recording.drill, name, Grade.SKIP, why, figures=figures)


def _unjudgeable(recording: Recording, found: Outage) -> str:
    """Why a good end would prove nothing; "" when it does."""
    other = recording.dependency
    if not recording.requests:
        tried = f" ({recording.trial.error})" if recording.trial else ""
        ran = f"it went on running while {other} was {_word(recording)}"
        return f"{ran}, and nothing was asked of it{tried}: {_TO_BE_ASKED}"
    if not found.before or sum(request.good for request in found.before) < _STEADY * len(found.before):
        return "it did not answer well before anything was done: see its log"
    answer = recording.trial and recording.trial.answer
    if answer and answer.status >= SPOILT and answer.status not in recording.subject.extension.expect:
        return f"it answers {answer.status} before anything is done: see its log, or declare another route"
    if recording.trial and recording.trial.answer is None:
        took = f"it took connections while {other} was {_word(recording)}"
        return f"{took}, and nothing was asked on them: {_TO_BE_ASKED}"
    if (taken := recording.mark(TAKEN)) and found.without:
        return (
            f"{taken.detail} took the address of {other} meanwhile, and may have answered in its place: drill it again"
        )
    if not found.during:
        return f"nothing was asked of it while {other} was {_word(recording)}"
    return ""


def _ends(recording: Recording, found: Outage) -> Iterator[Finding]:
    """Whether it ended by itself."""
    own = _own(recording)
    died = next((e for e in own if e.action == "die"), None)
    killed = next((e for e in own if e.action == "kill"), None)
    if died is None or (killed and killed.time_ns <= died.time_ns):
        return
    other, word, policy = recording.dependency, _word(recording), recording.subject.facts.restart_policy
    code = died.attributes.get("exitCode", "?")
    seen = f"exit {code} {(died.time_ns - found.down_ns) / _NS:.1f} s after {other} was {word}"
    handle = f"handle the loss of {other} in the program: answer with an error, and try to connect again"
    back = next((e for e in own if e.action == "start" and died.time_ns < e.time_ns), None)
    if back and found.recovered_ns is not None:
        ended = sum(e.action == "die" for e in own)
        text = f"it ends when {other} is {word} ({ended} times, exit {code}), and its restart policy brings it back"
        yield Finding(Grade.WARN, text)
    elif policy == "no":
        fix = f"{handle}; and restart: unless-stopped"
        yield Finding(
            Grade.FAIL, f"it ends when {other} is {word}, and stays down", Cause(causes.POLICY_MISSING, fix, (seen,))
        )
    elif back is None:
        fix = f"{handle}; restart: unless-stopped"
        evidence = (seen, f"the restart policy {policy} did not bring it back")
        yield Finding(
            Grade.FAIL, f"it ends when {other} is {word}, and stays down", Cause(causes.POLICY_DISABLED, fix, evidence)
        )


def _hangs(recording: Recording, found: Outage) -> Iterator[Finding]:
    if not found.hung:
        return
    other = recording.dependency
    text = f"{len(found.hung)} of {len(found.during)} requests hang while {other} is {_word(recording)}"
    fix = f"give it timeouts for connecting to {other} and for its answer, together below {FAST_NS / _NS:.0f} s"
    seen = f"no answer within {FAST_NS / _NS:.0f} s: {len(found.hung)} requests"
    yield Finding(Grade.FAIL, text, Cause(causes.NO_TIMEOUT, fix, (seen,)))


def _stays_away(recording: Recording, found: Outage) -> Iterator[Finding]:
    """Whether it did not answer as before although the dependency was there again."""
    if found.recovered_ns is not None or not found.after or any(f.grade is Grade.FAIL for f in _ends(recording, found)):
        return
    other = recording.dependency
    how = _how([request for request in found.after if not request.good])
    text = f"it does not answer as before {RECOVERY_NS / _NS:.0f} s after {other} is back ({how})"
    helped = {mark.detail for mark in recording.marks if mark.what == ANSWERS}
    silent = {mark.detail for mark in recording.marks if mark.what == SILENT}
    moved = recording.mark(MOVED)
    if moved and HOME in helped:
        seen = f"{other} has another address ({moved.detail}); back at the old one, it is answered again"
        yield Finding(Grade.FAIL, text, Cause(causes.STALE_ADDRESS, _resolve(other), (seen,)))
    elif AGAIN not in helped:
        tried = " and its own restart" if AGAIN in silent else ""
        reason = f"it does not answer after the return of {other}{tried}: look at {other} first, with graceful-stop"
        yield Finding(Grade.INCONCLUSIVE, reason)
    elif moved and HOME not in silent:
        seen = f"{other} has another address ({moved.detail}); after a restart of {recording.service} it answers"
        yield Finding(Grade.FAIL, text, Cause(causes.STALE_ADDRESS, _resolve(other), (seen,), Confidence.LIKELY))
    else:
        fix = f"connect to {other} again when a connection is lost, and give up one that does not answer"
        seen = f"after a restart of {recording.service} it answers"
        yield Finding(Grade.FAIL, text, Cause(causes.NO_RECONNECT, fix, (seen,)))


def _routes_lost(recording: Recording) -> Iterator[Finding]:
    """Routes besides the one under traffic that stay broken."""
    lost = [mark.detail for mark in recording.marks if mark.what == LOST]
    if not lost:
        return
    other = recording.dependency
    text = f"{', '.join(lost)}: not as before {RECOVERY_NS / _NS:.0f} s after {other} is back"
    fix = f"connect to {other} again when a connection is lost, and give up one that does not answer"
    seen = [
        f"{route} answers well before, and not while {other} is {_word(recording)}" for route in _needing(recording)
    ]
    if repaired := recording.mark(REPAIRED):
        seen.append(f"after {repaired.detail} it answers")
    moved = recording.mark(MOVED)
    cause = Cause(causes.NO_RECONNECT, fix, tuple(seen), Confidence.CERTAIN if repaired else Confidence.LIKELY)
    if moved:
        seen.append(f"{other} has another address ({moved.detail})")
        cause = replace(cause, fix=f"{fix}; {_resolve(other)}", evidence=tuple(seen), confidence=Confidence.LIKELY)
    yield Finding(Grade.FAIL, text, cause)


def _needing(recording: Recording) -> tuple[str, ...]:
    """Routes that failed during the outage."""
    return tuple(mark.detail for mark in recording.marks if mark.what == NEEDS)


def _asks_another(recording: Recording, found: Outage) -> Iterator[Finding]:
    """Whether it went to whoever had the address of the dependency by then, and took its answers for good."""
    taken, asked = recording.mark(TAKEN), recording.mark(ASKED)
    if not taken or not asked or not found.without:
        return
    sent = (r for r in recording.requests if r.lane != "idle" and r.error != "unsent")
    if all(r.good for r in sent if asked.at_ns <= r.due_ns < found.up_ns):
        return  # perhaps it never needed its dependency
    other = recording.dependency
    text = f"it asks {taken.detail}, which has the old address of {other}, in its place"
    seen = f"while {other} was still away its answers were as before again, once {taken.detail} had that address"
    yield Finding(Grade.FAIL, text, Cause(causes.STALE_ADDRESS, _resolve(other), (seen,), Confidence.LIKELY))


def _resolve(other: str) -> str:
    return f"look the name {other} up on every new connection (nginx: `resolver 127.0.0.11` and a variable as upstream)"


def _fine(recording: Recording, found: Outage) -> str:
    other, word = recording.dependency, _word(recording)
    again = f"{found.recovery_s or 0:.1f} s" if found.recovery_s else "at once"
    kinds = _how(found.failed) or "all as before"
    slowest = f"the slowest in {found.slowest_s:.1f} s"
    asked = f"{len(found.during)} requests ended ({kinds}), {slowest}"
    return f"{other} {word} for {found.seconds:.1f} s: {asked}; as before {again} after"


def _notes(recording: Recording) -> Iterator[str]:
    if needing := _needing(recording):
        yield f"needs {recording.dependency}: {', '.join(needing)}"
    if recording.drill == "dependency-stop" and not recording.mark(MOVED):
        yield f"{recording.dependency} came back at the same address: whether another one is found was not tried"


def _unneeded(recording: Recording, found: Outage) -> bool:
    """Whether no route that was asked shows that it needs the dependency."""
    answered = recording.trial is None or recording.trial.answer is not None
    plain = answered and bool(found.during) and not found.failed and found.slowest_s < 1
    return plain and not _needing(recording)


def _not_needed(recording: Recording, found: Outage) -> str:
    other = recording.dependency
    path = recording.subject.extension.needs.get(other, "").partition("?")[0]
    if path:
        return f"{path}, said to need {other}, did not while that was {_word(recording)} for {found.seconds:.1f} s"
    return f"what was asked does not need {other}: declare a route that does: x-seatrial: {{needs: {{{other}: /PATH}}}}"


def _evidence(recording: Recording, found: Outage) -> Iterator[str]:
    yield strip(found)
    asked = recording.mark(ASKED)
    yield from timeline(recording, asked.at_ns if asked else found.down_ns)


def _figures(recording: Recording, found: Outage) -> dict[str, float]:
    figures = {
        "outage_s": round(found.seconds, 3),
        "asked": float(len(found.during)),
        "failed": float(len(found.failed)),
        "hung": float(len(found.hung)),
        "slowest_s": round(found.slowest_s, 3),
    }
    if found.recovery_s is not None:
        figures["recovery_s"] = round(found.recovery_s, 3)
    return figures | {f"overhead_{part}_s": round(spent, 3) for part, spent in recording.overhead_s.items()}


def _how(requests: Sequence[Request]) -> str:
    """`12 502, 3 timeout`"""
    return ", ".join(f"{count} {kind}" for kind, count in Counter(r.kind for r in requests).most_common())


def _word(recording: Recording) -> str:
    asked = recording.mark(ASKED)
    return asked.detail if asked and asked.detail else "away"


def _own(recording: Recording) -> tuple[Event, ...]:
    """The events of the dependent from the fault on until it had had its time: what comes after that is our work."""
    asked, over = recording.mark(ASKED), recording.mark(OVER)
    own = (e for e in recording.events if e.container_id == recording.subject.facts.id)
    return tuple(e for e in own if asked and over and asked.at_ns <= e.time_ns <= over.at_ns)
