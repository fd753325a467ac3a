"""Does anything bring the service back? Read from the restart policy in force; `crash-restart` proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.drill import Drill
from seatrial.drill.verdict import Cause, Finding, Grade, Verdict, concluded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.recording import Recording
    from seatrial.drill.service.subject import Subject

NAME = "restart-config"
_FEW = 5


def judge(recording: Recording) -> Verdict:
    subject = recording.subject
    policy, limit = subject.facts.restart_policy, subject.facts.restart_limit
    shown = f"{policy}:{limit}" if limit else policy
    return concluded(NAME, subject.service.name, _findings(subject), f"restart: {shown}")


DRILL = Drill(NAME, "the restart policy fits a service that is meant to run", judge)


def _findings(subject: Subject) -> Iterator[Finding]:
    policy, limit = subject.facts.restart_policy, subject.facts.restart_limit
    if policy == "no":
        cause = Cause("policy-missing", "restart: unless-stopped")
        yield Finding(Grade.WARN, "no restart policy: after a crash it stays down", cause)
    if policy == "on-failure" and 0 < limit < _FEW:
        evidence = ("the engine's counter is reset by a manual start only, not by a good long run",)
        cause = Cause("policy-disabled", "restart: unless-stopped", evidence)
        text = f"on-failure:{limit}: the {limit + 1}. crash ever keeps it down"
        yield Finding(Grade.WARN, text, cause)
    if policy != "no" and subject.facts.check is None and subject.service.ports:
        cause = Cause("policy-missing", f"add a healthcheck to {subject.service.name}")
        yield Finding(Grade.WARN, "no health check: a hang is invisible to everybody", cause)
