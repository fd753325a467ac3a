"""Can the health check do what is expected of it, in the time there is? Read from the configuration in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.drill import Drill
from seatrial.drill.verdict import Cause, Confidence, Finding, Grade, Verdict, concluded
from seatrial.lifecycle.health_timing import earlier_probes, first_probe_s, unhealthy_after_s, yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.recording import Recording
    from seatrial.drill.service.subject import Subject
    from seatrial.engine.facts import Check

NAME = "health-config"

_SLOW_UNHEALTHY_S = 60.0
_SHELL = ("||", "&&", "|", ";", ">", "<")


def judge(recording: Recording) -> Verdict:
    """Arithmetic on the check in force; no probe is run."""
    subject = recording.subject
    check = subject.facts.check
    if check is None:
        return concluded(NAME, subject.service.name, _without(subject), "no health check, and nobody waits for one")
    first = first_probe_s(check, subject.engine)
    latest = unhealthy_after_s(check)
    figures = {"first_probe_s": first, "unhealthy_after_s": latest}
    fine = f"first probe {first:g} s after the start, unhealthy {latest:g} s after the last good one at the latest"
    return concluded(NAME, subject.service.name, _findings(subject, check, first, latest), fine, figures)


DRILL = Drill(NAME, "the health check can pass within the startup budget, and fail when it should", judge)


def _without(subject: Subject) -> Iterator[Finding]:
    waiting = subject.waited_for_healthy_by
    if waiting:
        fix = f"add a healthcheck to {subject.service.name}"
        text = f"{', '.join(waiting)} waits until it is healthy, and it has no health check"
        yield Finding(Grade.FAIL, text, Cause("probe-broken", fix))


def _findings(subject: Subject, check: Check, first: float, latest: float) -> Iterator[Finding]:
    if check.start_interval_s and not check.start_period_s:
        yield Finding(
            Grade.FAIL,
            "start_interval is set without start_period: the engine ignores it",
            Cause("interval-dominates", f"add `{yaml(earlier_probes(0, check.start_interval_s))}` to the healthcheck"),
        )
    if first > subject.startup_budget_s:
        yield _too_late(subject, check, first)
    yield from _test(check)
    if latest > _SLOW_UNHEALTHY_S:
        yield Finding(
            Grade.WARN,
            f"a hang can stay unnoticed for {latest:g} s",
            Cause("no-timeout", "set `interval`, `timeout` and `retries` so that their product is below a minute"),
        )
    if check.interval_s and check.interval_s < 1 and not check.start_interval_s:
        fix = f"set `interval: 10s, {yaml(earlier_probes())}`"
        text = f"probes every {check.interval_s:g} s for ever cost about 0.1 s of CPU each"
        yield Finding(Grade.WARN, text, Cause("interval-dominates", fix))


def _too_late(subject: Subject, check: Check, first: float) -> Finding:
    budget_s = subject.startup_budget_s
    keys = earlier_probes(check.start_period_s, check.start_interval_s, budget_s=budget_s)
    fix = f"set `{yaml(keys)}` in the healthcheck (engine 25 or newer)"
    if check.start_period_s and subject.engine < (27,):
        fix += "; before engine 27 the default of start_interval is the interval"
    text = f"healthy cannot come before {first:g} s, and the budget is {subject.startup_budget_s:g} s"
    return Finding(Grade.FAIL, text, Cause("interval-dominates", fix, (f"first probe {first:g} s after the start",)))


def _test(check: Check) -> Iterator[Finding]:
    kind, *words = check.test
    text = " ".join(words)
    if kind == "CMD" and any(word in _SHELL for word in words):
        cause = Cause("probe-broken", "write it as one string, or use CMD-SHELL", (f"test: {list(check.test)}",))
        yield Finding(Grade.FAIL, "shell syntax in an exec-form check is passed on as plain arguments", cause)
    if kind == "CMD-SHELL" and len(words) > 1:
        cause = Cause("probe-broken", "put the whole command into one string", (f"test: {list(check.test)}",))
        yield Finding(Grade.FAIL, "CMD-SHELL takes one string; the rest becomes $0, $1, ...", cause)
    if "://localhost" in text or "localhost:" in text:
        cause = Cause("probe-broken", "use 127.0.0.1", (f"test: {text}",), Confidence.LIKELY)
        yield Finding(Grade.WARN, "`localhost` may mean ::1, where many servers do not listen", cause)
    if (kind == "CMD" and words[:1] in (["true"], ["/bin/true"])) or text in ("true", "exit 0", ":"):
        cause = Cause("probe-broken", "ask the service for something that only works when it works")
        yield Finding(Grade.WARN, "the check passes whatever the service does", cause)
