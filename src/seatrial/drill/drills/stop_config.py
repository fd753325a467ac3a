"""Is there time to stop, and is it the right signal? Read from the configuration in force."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from seatrial.composed import seconds
from seatrial.drill.drill import Drill
from seatrial.drill.service.known import kind_of
from seatrial.drill.stop.ended import name_of, number_of
from seatrial.drill.verdict import Cause, Confidence, Finding, Grade, Verdict, concluded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.recording import Recording
    from seatrial.drill.service.subject import Subject

NAME = "stop-config"

_GUNICORN_S = 30.0
_ROOM_S = 2.0


def judge(recording: Recording) -> Verdict:
    subject = recording.subject
    grace, signal = subject.grace_s, name_of(number_of(subject.facts.stop_signal))
    findings = [*_grace(subject), *_signal(subject, signal), *_drain(subject), *_surroundings(subject)]
    return concluded(NAME, subject.service.name, findings, f"{signal}, then {grace} s of grace", {"grace_s": grace})


DRILL = Drill(NAME, "grace period and stop signal leave room for a graceful stop", judge)


def _grace(subject: Subject) -> Iterator[Finding]:
    written, grace = subject.service.stop_grace_period, subject.facts.stop_timeout_s
    wanted = seconds(written, -1.0) if written else -1.0
    if grace == 0:
        why = f"stop_grace_period: {written} is cut to whole seconds" if 0 < wanted < 1 else "the grace period is 0"
        cause = Cause("grace-truncated", "stop_grace_period: 10s", ("StopTimeout in force: 0",))
        yield Finding(Grade.FAIL, f"{why}: SIGKILL follows the stop signal at once", cause)
    elif wanted >= 0 and grace is not None and wanted != grace:
        truncated = int(wanted) == grace
        fix = (
            f"stop_grace_period: {int(wanted) + 1}s" if truncated else f"up --recreate --service {subject.service.name}"
        )
        text = f"stop_grace_period: {written} is written, {grace} s are in force"
        cause = Cause("grace-truncated", fix, (f"StopTimeout in force: {grace}",))
        yield Finding(Grade.WARN if truncated else Grade.FAIL, text, cause)


def _signal(subject: Subject, signal: str) -> Iterator[Finding]:
    kind = kind_of(subject.facts.image, subject.facts.command)
    if kind.signal not in ("", signal):
        evidence = (f"it is {kind.name}, by its program or image",)
        cause = Cause("wrong-stop-signal", f"stop_signal: {kind.signal}", evidence, Confidence.LIKELY)
        text = f"{kind.name} stops gracefully on {kind.signal}, and gets {signal}"
        yield Finding(Grade.WARN, text, cause)
    if signal == "SIGKILL":
        cause = Cause("wrong-stop-signal", "remove stop_signal, or name one that can be caught")
        yield Finding(Grade.FAIL, "the stop signal is SIGKILL: no program can stop gracefully on it", cause)


def _drain(subject: Subject) -> Iterator[Finding]:
    """Servers that give requests longer than the engine gives them."""
    program, text = _program(subject.facts.command), " ".join(subject.facts.command)
    limit = None
    if "gunicorn" in program:
        found = re.search(r"--graceful-timeout[ =](\d+)", text)
        limit = float(found[1]) if found else _GUNICORN_S
    elif "uvicorn" in program:
        found = re.search(r"--timeout-graceful-shutdown[ =](\d+)", text)
        if not found:
            fix = f"--timeout-graceful-shutdown {max(int(subject.grace_s - _ROOM_S), 1)}"
            cause = Cause("drain-exceeds-grace", fix, (f"PID 1: {program}",), Confidence.LIKELY)
            yield Finding(Grade.WARN, "uvicorn waits for open requests without a limit", cause)
        limit = float(found[1]) if found else None
    if limit is not None and limit + _ROOM_S > subject.grace_s:
        cause = Cause("drain-exceeds-grace", f"stop_grace_period: {int(limit + _ROOM_S + 3)}s", (f"PID 1: {program}",))
        text = f"{program} may drain for {limit:g} s, and SIGKILL comes after {subject.grace_s} s"
        yield Finding(Grade.FAIL, text, cause)


def _surroundings(subject: Subject) -> Iterator[Finding]:
    if subject.facts.pid_mode == "host":
        cause = Cause("wrong-stop-signal", "remove `pid: host`", confidence=Confidence.LIKELY)
        yield Finding(Grade.WARN, "pid: host: processes that PID 1 leaves behind outlive the container", cause)


def _program(command: tuple[str, ...]) -> str:
    """The name of the program that PID 1 is; for `python -m NAME` the module."""
    words = [PurePosixPath(word).name for word in command if word]
    if not words:
        return ""
    if words[0].startswith("python") and "-m" in words[:-1]:
        return words[words.index("-m") + 1]
    if words[0] == "docker-entrypoint.sh" and len(words) > 1:
        return words[1]
    return words[0].rstrip(":")
