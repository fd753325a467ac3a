"""Does a service come back by itself after a real crash, soon and for good?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.crash import causes as crash_causes
from seatrial.drill.crash import crashing
from seatrial.drill.crash.crashes import Crash, crashes, seconds
from seatrial.drill.crash.returning import MOVED, restarted, returned
from seatrial.drill.drill import Drill
from seatrial.drill.live.steady import skip_one_shot
from seatrial.drill.timeline import timeline
from seatrial.drill.verdict import Cause, Finding, Grade, Verdict, concluded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording

NAME = "crash-restart"
_NO = "no"
_KILLED = 137


def record(scene: Scene, place: Place) -> Recording:
    """SIGKILL to PID 1 by a helper: the engine's own kill would switch the restart policy off."""
    with scene.recorder(NAME, place) as recorder:
        skip_one_shot(scene, place.service)
        if recorder.subject.facts.restart_policy != _NO:
            with crashing.sound(recorder) as target:
                scene.tell(f"{place.service}: {NAME}: killing its first process")
                died = crashing.killed(recorder)
                if died and restarted(recorder, died.time_ns):
                    returned(recorder, target, died.time_ns)
    return recorder.recording()


def judge(recording: Recording) -> Verdict:
    """Started again by its policy, the same container, answering and steady within the budget."""
    service, known = recording.service, figures(recording)
    if recording.subject.facts.restart_policy == _NO:
        cause = Cause(causes.POLICY_MISSING, "restart: unless-stopped")
        text = "no restart policy: a crash keeps it down, so none was tried"
        return Verdict(NAME, service, Grade.WARN, text, cause)
    crash = next(iter(crashes(recording)), None)
    reason = unfit(recording, crash)
    if crash is None or reason:
        return Verdict(NAME, service, Grade.INCONCLUSIVE, reason, figures=known)
    found = concluded(NAME, service, findings(recording, crash), _told(recording, crash), known)
    return replace(found, notes=(*found.notes, *notes(recording, crash)))


DRILL = Drill(
    NAME,
    "after a real crash the service is started again and answers within its budget",
    judge,
    record,
    does="kills its first process past the engine, once",
)


def unfit(recording: Recording, crash: Crash | None) -> str:
    """Why what happened was no crash under a policy; "" when it was."""
    if crash is None or crash.died_ns is None:
        return "SIGKILL to its first process did not end the container"
    if crash.signalled:
        return "somebody signalled it through the engine at the same time, which switches the policy off"
    if crash.exit_code not in (None, _KILLED):
        return f"it ended by itself with {crash.exit_code} before it was killed"
    before, after = recording.before, recording.after
    if crash.started_ns and before and after and after.restart_count <= before.restart_count:
        return "somebody else started it again: the engine's count of restarts has not grown"
    return ""


def findings(recording: Recording, crash: Crash) -> Iterator[Finding]:
    """What was wrong after a crash, as one finding."""
    if crash.started_ns is None:
        cause = crash_causes.not_started(recording, crash)
        yield Finding(Grade.FAIL, f"{policy(recording)}: after a crash it stays down", _shown(cause, recording, crash))
        return
    budget, ready = recording.subject.startup_budget_s, crash.ready_s
    if crash.back_ns is None and crash.falls:
        cause = crash_causes.fallen(recording, crash)
        text = f"started again after a crash, it ended {crash.falls} times more"
        yield Finding(Grade.FAIL, text, _shown(cause, recording, crash))
    elif crash.back_ns is None:
        cause = crash_causes.not_ready(recording, crash)
        text = f"started again {crash.gap_s or 0:.2f} s after a crash, and not steady within {budget:g} s"
        late = crash_causes.probe_timed_out(recording) if cause.id == causes.PROBE_BROKEN else ""
        if late:
            yield Finding(Grade.INCONCLUSIVE, f"{text}: {late}")
            return
        yield Finding(Grade.FAIL, text, _shown(cause, recording, crash))
    elif crash.falls:
        cause = crash_causes.fallen(recording, crash)
        text = f"back only after it had ended {crash.falls} times more"
        yield Finding(Grade.WARN, text, _shown(cause, recording, crash))
    elif ready is not None and ready > budget:
        cause = crash_causes.not_ready(recording, crash)
        text = f"ready {ready:.1f} s after its start, and its budget is {budget:g} s"
        yield Finding(Grade.FAIL, text, _shown(cause, recording, crash))
    elif (seconds(crash.started_ns, crash.healthy_ns) or 0) > budget:
        cause = crash_causes.not_ready(recording, crash)
        text = f"it answered in time, and was healthy only after {seconds(crash.started_ns, crash.healthy_ns):.1f} s"
        yield Finding(Grade.WARN, text, _shown(cause, recording, crash))


def _told(recording: Recording, crash: Crash) -> str:
    ready = f"ready {crash.ready_s:.2f} s later" if crash.ready_s is not None else "not seen ready"
    how = "" if crash.answered_ns else ", not asked" if recording.port is None else ", without an answer"
    return f"{policy(recording)}: started again {crash.gap_s or 0:.2f} s after it died, {ready}{how}"


def policy(recording: Recording) -> str:
    """As compose files write it."""
    facts = recording.subject.facts
    return f"{facts.restart_policy}:{facts.restart_limit}" if facts.restart_limit else facts.restart_policy


def _shown(cause: Cause | None, recording: Recording, crash: Crash) -> Cause | None:
    lines = timeline(recording, crash.sent_ns, until_ns=crash.back_ns)
    return replace(cause, evidence=(*cause.evidence, *lines)) if cause else None


def notes(recording: Recording, crash: Crash) -> Iterator[str]:
    """What is worth knowing besides, and what is not as it was."""
    moved, before = recording.mark(MOVED), recording.before
    if moved:
        yield f"it {moved.what} {moved.detail}: who keeps the old one does not find it"
    if recording.subject.facts.restart_limit and before:
        yield f"its count of restarts was {before.restart_count} before; it is 0 now, by a start after the drill"
    if crash.falls and crash.back_ns is None:
        service = recording.service
        yield f"it still ends: up --recreate --service {service} makes it anew; what a volume holds is yours to remove"


def figures(recording: Recording) -> dict[str, float]:
    """Of the last crash."""
    crash = next(reversed(crashes(recording)), None)
    if crash is None:
        return {}
    measured = {
        "restart_gap_s": crash.gap_s,
        "ready_again_s": crash.ready_s,
        "healthy_again_s": seconds(crash.started_ns, crash.healthy_ns),
        "down_s": seconds(crash.sent_ns, crash.answered_ns or crash.back_ns),
        "falls": float(crash.falls),
    }
    rounded = {name: round(value, 3) for name, value in measured.items() if value is not None}
    return rounded | {f"overhead_{part}_s": round(spent, 3) for part, spent in recording.overhead_s.items()}
