"""Why a service did not come back after a crash (drills.md §6, C14 to C17). Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.crash.crashes import said_since, seconds
from seatrial.drill.crash.returning import LEFT
from seatrial.drill.stop.ended import name_of
from seatrial.drill.verdict import Cause, Confidence
from seatrial.lifecycle.health_timing import earlier_probes, first_probe_s, yaml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.drill.crash.crashes import Crash
    from seatrial.drill.recording import Recording

_KEEP = "restart: unless-stopped"
# What programs say that find something of the run before.
_LEFT_BEHIND = re.compile(
    r"\bpid ?-?file|\.pid\b|\block(ed|s|file)?\b|\.lock\b|EADDRINUSE|EEXIST|already (running|in use|exists?|locked|"
    r"allocated)|address in use|stale|another (instance|process|server)|unclean|not properly shut",
    re.IGNORECASE,
)
_WORDS, _LINES = 160, 4
_TIMED_OUT = "exceeded timeout"  # the engine's words for a probe that it ended


def not_started(recording: Recording, crash: Crash) -> Cause | None:
    """Why the engine did not start it again although it has a policy."""
    facts, before, after = recording.subject.facts, recording.before, recording.ended
    if facts.restart_policy == "on-failure" and crash.exit_code == 0:
        evidence = ("it ended with 0, which `on-failure` takes for its own wish",)
        return Cause(causes.POLICY_MISSING, _KEEP, evidence)
    if facts.restart_limit and before and before.restart_count >= facts.restart_limit:
        spent = f"on-failure:{facts.restart_limit}, and it had been restarted {before.restart_count} times before"
        never = "a long good run does not set the count back, only a start by hand does"
        return Cause(causes.POLICY_DISABLED, _KEEP, (spent, never))
    error = after.error if after else ""
    if error:
        found = Confidence.LIKELY if _LEFT_BEHIND.search(error) else Confidence.GUESS
        return Cause(causes.STALE_STATE, "free what the engine could not get a second time", (error[:_WORDS],), found)
    return _signalled(recording)


def _signalled(recording: Recording) -> Cause:
    fix = (
        f"`docker restart` it after each `docker kill -s ...`, or send the signal from within; {_KEEP} alone is no cure"
    )
    why = "a signal through the engine's API switches the policy off until the next start by hand"
    if recording.earlier:
        names = ", ".join(name_of(int(event.attributes.get("signal", 0))) for event in recording.earlier)
        return Cause(
            causes.POLICY_DISABLED, fix, (f"{names} came through the engine in this run of the container", why)
        )
    unseen = "no such signal is among the events that the engine still remembers"
    return Cause(causes.POLICY_DISABLED, fix, (why, unseen), Confidence.GUESS)


def left_behind(texts: Iterable[str]) -> list[str]:
    """Which of these lines speak of something that a run before has left; each once."""
    return list(dict.fromkeys(text[:_WORDS] for text in texts if _LEFT_BEHIND.search(text)))


def fallen(recording: Recording, crash: Crash) -> Cause:
    """Why it ended again and again after the crash, though it had run before."""
    said = [line.text for line in said_since(recording, crash.started_ns or crash.sent_ns) if line.text.strip()]
    telling = left_behind(said)
    left = [mark.detail for mark in recording.marks if mark.what == LEFT]
    what = f"`rm -f {' '.join(left)}`" if left else "remove what the run before has left (pid file, lock, socket)"
    fix = f"{what} at the beginning of the entrypoint, or keep such files in a tmpfs"
    if telling or left:
        evidence = (*(f"log: {text}" for text in telling[:_LINES]), *(f"the crash left {path}" for path in left))
        return Cause(causes.STALE_STATE, fix, evidence, Confidence.LIKELY)
    last = tuple(f"log: {text[:_WORDS]}" for text in list(dict.fromkeys(said))[-_LINES:])
    ran = "it ran before the crash and does not after it: something of the run before is in its way"
    return Cause(causes.STALE_STATE, fix, (ran, *last), Confidence.GUESS)


def probe_timed_out(recording: Recording) -> str:
    """Say that the last probe exceeded its timeout; "" otherwise. It passed before, so the machine may be too busy."""
    check, after = recording.subject.facts.check, recording.after
    probes = after.health.probes if after and after.health else ()
    if check is None or not probes or _TIMED_OUT not in probes[-1].output:
        return ""
    return (
        f"its check exceeded its timeout of {check.timeout_s or 30:g} s: drill it again when the machine is less busy"
    )


def not_ready(recording: Recording, crash: Crash) -> Cause:
    """Why it runs and was not ready within its budget."""
    subject = recording.subject
    budget, check = subject.startup_budget_s, subject.facts.check
    answered = seconds(crash.started_ns, crash.answered_ns)
    if check and answered is not None and answered <= budget:
        first = first_probe_s(check, subject.engine)
        told = f"it answered {answered:.2f} s after its start"
        if first > budget:
            evidence = (told, f"the first probe comes after {first:g} s")
            keys = earlier_probes(check.start_period_s, check.start_interval_s, ready_s=answered, budget_s=budget)
            return Cause(causes.INTERVAL_DOMINATES, f"set `{yaml(keys)}` in the healthcheck", evidence)
        fix = "make the check ask what the service answers; `docker inspect` shows what its probes said"
        probes = recording.after.health.probes if recording.after and recording.after.health else ()
        words = tuple(f"probe: exit {p.exit_code} {' '.join(p.output.split())[:_WORDS]}" for p in probes[-1:])
        return Cause(causes.PROBE_BROKEN, fix, (told, *words), Confidence.LIKELY)
    found = fallen(recording, crash)
    if found.confidence is Confidence.LIKELY:
        return found
    ready = crash.ready_s
    seen = f"ready {ready:.1f} s after its start" if ready is not None else "it was not ready while we watched"
    facts: tuple[str, ...] = (f"{seen}; its budget is {budget:g} s",)
    if answered is None and check and ready is not None:
        # Only the engine's own check tells, and the engine asks by its interval.
        first = first_probe_s(check, subject.engine)
        facts = (*facts, f"the first probe comes after {first:g} s")
        if first > budget:
            keys = earlier_probes(check.start_period_s, check.start_interval_s, budget_s=budget)
            fix = f"set `{yaml(keys)}` in the healthcheck (engine 25 or newer)" if keys else "set a shorter `interval`"
            return Cause(causes.INTERVAL_DOMINATES, fix, facts, Confidence.LIKELY)
    fix = "less work before it listens (recovery, migration, warming up), or x-seatrial: {budgets: {startup: ...}}"
    confidence = Confidence.CERTAIN if answered is not None else Confidence.LIKELY
    return Cause(causes.START_TOO_SLOW, fix, facts, confidence)
