"""Recordings of real containers that were only looked at, and what might have been there instead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.drill import journal
from seatrial.drill.recording import Recording, Sample
from seatrial.engine.inside import Process, Socket

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.drill.verdict import Grade, Verdict

FILE = Path(__file__).parents[2] / "data" / "recordings" / "looking.json"
REAL = {(recording.drill, recording.service): recording for recording in journal.read(FILE)}
TERM, QUIT = 1 << 14, 1 << 2
S = 10**9


def process(
    inner: int, parent: int, *command: str, caught: int = 0, ignored: int = 0, blocked: int = 0, uid: int = 1000,
    state: str = "S", start: int = 0,
) -> Process:  # fmt: skip
    name = command[0].rpartition("/")[2][:15] if command else "sleep"
    return Process(
        100 + inner, inner, 100 + parent if parent else 1, state, name, command, uid, caught, ignored, blocked,
        start or inner,
    )  # fmt: skip


def listens(*inner: int, port: int = 80) -> Socket:
    return Socket("LISTEN", "0.0.0.0", port, "0.0.0.0", 0, tuple(100 + number for number in inner))  # noqa: S104


def seen(drill: str, *processes: Process, by: Sequence[Socket] = (), **facts: object) -> Recording:
    """The sound recording with these processes in place of its own."""
    recording = REAL[drill, "good"] if (drill, "good") in REAL else replace(REAL["anatomy", "good"], drill=drill)
    sample = Sample(recording.marks[0].at_ns if recording.marks else S, processes, tuple(by))
    return with_facts(replace(recording, samples=(sample,), port=None), **facts)


def with_facts(recording: Recording, **changes: object) -> Recording:
    facts = replace(recording.subject.facts, **changes)  # type: ignore[arg-type]
    return replace(recording, subject=replace(recording.subject, facts=facts))


def told(verdict: Verdict) -> tuple[Grade, str | None]:
    return verdict.grade, verdict.cause.id if verdict.cause else None


NODE = process(1, 0, "node", "server.js", caught=TERM)
SH = process(1, 0, "/bin/sh", "-c", "prepare; serve")
SERVE = process(7, 1, "serve", caught=TERM)
TINI = process(1, 0, "/sbin/tini", "--")
