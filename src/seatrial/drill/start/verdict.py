"""What is wrong with a start, by its budget and by what it said. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.crash.causes import left_behind, probe_timed_out
from seatrial.drill.crash.crashes import said_since
from seatrial.drill.service.known import kind_of
from seatrial.drill.start.startup import STARTING, WATCHED
from seatrial.drill.stop.ended import name_of, number_of, stop
from seatrial.drill.timeline import timeline
from seatrial.drill.verdict import Cause, Confidence, Finding, Grade
from seatrial.lifecycle.health_timing import earlier_probes, first_probe_s, yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.recording import Recording
    from seatrial.drill.start.startup import Startup

# Of the budget: one slow disk further, and it is over.
_NEAR = 0.7
# Worth a line: more than the engine's own 0.1 s for a probe.
_LOST_S = 1.0
_WORDS, _LINES = 160, 4
_INTERVAL_S = 30.0  # the engine's default


def findings(recording: Recording, start: Startup | None) -> Iterator[Finding]:
    """By its own first answer; what the engine says of it later is the health check's fault, not the program's."""
    budget = recording.subject.startup_budget_s
    if start is None:
        yield Finding(Grade.FAIL, "it was not seen to start")
        return
    if start.falls and start.answered_ns is None:
        yield Finding(Grade.FAIL, "it ended again by itself after its start", _shown(_fallen(recording), recording))
    elif start.ready_s is None:
        cause = Cause(causes.START_TOO_SLOW, _less(), _last_words(recording), Confidence.LIKELY)
        yield Finding(Grade.FAIL, f"not ready while we watched; its budget is {budget:g} s", _shown(cause, recording))
    elif start.at_once and start.ready_s > _NEAR * budget:
        text = f"it answered the first question, and this machine could ask only {start.ready_s:.1f} s after the start"
        yield Finding(Grade.INCONCLUSIVE, f"{text}: drill it again when the machine is less busy")
    elif start.ready_s > budget:
        text = f"ready {start.ready_s:.1f} s after its start, and its budget is {budget:g} s"
        yield Finding(Grade.FAIL, text, _shown(_slow(recording, start), recording))
    elif start.ready_s > _NEAR * budget:
        text = f"ready after {start.ready_s:.1f} s of its {budget:g} s budget"
        yield Finding(Grade.WARN, text, _slow(recording, start))
    if start.own_ns is not None:
        yield from _late_word(recording, start)
    yield from unclean(recording)


def _slow(recording: Recording, start: Startup) -> Cause:
    """The program, for certain only when we have asked it ourselves: the engine asks by its interval."""
    subject = recording.subject
    check, ready = subject.facts.check, f"ready {start.ready_s or 0:.2f} s after its start"
    if start.own_ns is not None or check is None:
        return Cause(causes.START_TOO_SLOW, _less(), (ready,))
    first = first_probe_s(check, subject.engine)
    evidence = (f"{ready}, as the engine's health check told", f"the first probe comes after {first:g} s")
    if (start.ready_s or 0) <= first + check.timeout_s + _LOST_S:
        keys = earlier_probes(check.start_period_s, check.start_interval_s, budget_s=subject.startup_budget_s)
        fix = f"set `{yaml(keys)}` in the healthcheck (engine 25 or newer)" if keys else "set a shorter `interval`"
        return Cause(causes.INTERVAL_DOMINATES, fix, evidence, Confidence.LIKELY)
    return Cause(causes.START_TOO_SLOW, _less(), evidence, Confidence.LIKELY)


def told(start: Startup | None) -> str:
    """In one line how it went."""
    if start is None or start.ready_s is None:
        return "not seen ready"
    healthy = "" if start.healthy_s is None or start.own_ns is None else f", healthy at {start.healthy_s:.2f} s"
    by = "answers" if start.answered_ns else "passes its check" if start.checked_ns else "healthy"
    return f"{by} {start.ready_s:.2f} s after its start{healthy}"


def notes(start: Startup | None) -> tuple[str, ...]:
    """What costs time and breaks no budget."""
    if start is None or start.lost_s < _LOST_S:
        return ()
    return (f"{start.lost_s:.1f} s lost to the health interval: whoever waits for `service_healthy` waits them too",)


def unclean(recording: Recording) -> Iterator[Finding]:
    """Lines of the start by which a server tells that the stop before was none, and of the stop that it was odd."""
    facts, begun = recording.subject.facts, recording.mark(STARTING)
    kind = kind_of(facts.image, facts.command)
    if begun is None:
        return
    started = [line.text for line in said_since(recording, begun.at_ns)]
    for sign in kind.unclean:
        if line := next((text for text in started if sign.text in text), ""):
            grade = Grade.FAIL if sign.confidence is Confidence.CERTAIN else Grade.WARN
            yield Finding(grade, f"after a stop that should be graceful: {sign.meaning}", _odd_stop(recording, line))
    earlier = [line.text for line in recording.logs[: len(recording.logs) - len(started)]]
    for sign in kind.wrong_stop:
        if line := next((text for text in earlier if sign.text in text), ""):
            yield Finding(Grade.WARN, sign.meaning, _odd_stop(recording, line))


def _late_word(recording: Recording, start: Startup) -> Iterator[Finding]:
    """It answered, and its check passed too late or never."""
    subject, budget = recording.subject, recording.subject.startup_budget_s
    check, does = subject.facts.check, "answers" if start.answered_ns else "passes its check when we run it"
    answered = f"it {does} {start.ready_s or 0:.2f} s after its start"
    if check is None or (start.healthy_s is not None and start.healthy_s <= budget):
        return
    first = first_probe_s(check, subject.engine)
    if start.healthy_s is None:
        watched = recording.mark(WATCHED)
        due_s = (check.interval_s or _INTERVAL_S) + check.timeout_s
        if watched and (watched.at_ns - (start.own_ns or 0)) / 1e9 < due_s:
            return  # it has not been asked since, as far as we know
        probes = recording.after.health.probes if recording.after and recording.after.health else ()
        if late := probe_timed_out(recording):
            yield Finding(Grade.INCONCLUSIVE, f"it answers, and {late}")
            return
        words = tuple(f"probe: exit {p.exit_code} {' '.join(p.output.split())[:_WORDS]}" for p in probes[-1:])
        fix = "make the check ask what the service answers; `docker inspect` shows what its probes said"
        cause = Cause(causes.PROBE_BROKEN, fix, (answered, *words), Confidence.LIKELY)
        yield Finding(Grade.FAIL, f"it {does}, and its health check does not pass", _shown(cause, recording))
        return
    evidence = (answered, f"healthy at {start.healthy_s:.2f} s: {start.lost_s:.1f} s lost to the health interval")
    confidence = Confidence.CERTAIN if first > budget else Confidence.LIKELY
    ready_s = start.ready_s or 0.0
    keys = earlier_probes(check.start_period_s, check.start_interval_s, ready_s=ready_s, budget_s=budget)
    fix = f"set `{yaml(keys)}` in the healthcheck (engine 25 or newer)" if keys else "set a shorter `interval`"
    told = (*evidence, f"the first probe comes after {first:g} s")
    cause = Cause(causes.INTERVAL_DOMINATES, fix, told, confidence)
    text = f"it {does} in time, and is healthy only after {start.healthy_s:.1f} s; its budget is {budget:g} s"
    yield Finding(Grade.WARN, text, _shown(cause, recording))


def _odd_stop(recording: Recording, line: str) -> Cause | None:
    facts, ended = recording.subject.facts, stop(recording)
    kind, sent = kind_of(facts.image, facts.command), name_of(number_of(facts.stop_signal))
    said = f"log: {line[:_WORDS]}"
    if kind.signal and kind.signal != sent:
        seen = f"{kind.name} ends gracefully on {kind.signal}, and got {sent}"
        return Cause(causes.WRONG_STOP_SIGNAL, f"stop_signal: {kind.signal}", (said, seen))
    if ended and ended.killed:
        seen = f"SIGKILL came after {ended.grace_s} s of grace"
        return Cause(causes.DRAIN_EXCEEDS_GRACE, f"stop_grace_period: {ended.grace_s * 2 + 10}s", (said, seen))
    return None


def _fallen(recording: Recording) -> Cause:
    begun = recording.mark(STARTING)
    said = [line.text for line in said_since(recording, begun.at_ns if begun else 0)]
    telling = left_behind(said)
    fix = "remove what the run before has left (pid file, lock, socket) at the beginning of the entrypoint"
    if telling:
        return Cause(causes.STALE_STATE, fix, tuple(f"log: {text}" for text in telling[:_LINES]), Confidence.LIKELY)
    ran = "it ran before the stop and does not after it: something of the run before is in its way"
    return Cause(causes.STALE_STATE, fix, (ran, *_last_words(recording)), Confidence.GUESS)


def _last_words(recording: Recording) -> tuple[str, ...]:
    begun = recording.mark(STARTING)
    said = [line.text for line in said_since(recording, begun.at_ns if begun else 0) if line.text.strip()]
    return tuple(f"log: {text[:_WORDS]}" for text in list(dict.fromkeys(said))[-_LINES:])


def _less() -> str:
    return "less work before it listens (recovery, migration, warming up), or x-seatrial: {budgets: {startup: ...}}"


def _shown(cause: Cause, recording: Recording) -> Cause:
    begun = recording.mark(STARTING)
    lines = timeline(recording, begun.at_ns) if begun else ()
    return replace(cause, evidence=(*cause.evidence, *lines))
