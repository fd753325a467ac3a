"""Who is PID 1, who does the work, and does the stop signal get there? Read from the live processes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill.drill import Drill
from seatrial.drill.live import looking
from seatrial.drill.recording import Refusal
from seatrial.drill.service.anatomy import Anatomy, anatomy, is_init, shown
from seatrial.drill.service.workers import uid, workers
from seatrial.drill.stop import signal_way
from seatrial.drill.stop.ended import name_of, number_of
from seatrial.drill.verdict import Grade, Verdict, concluded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording, Sample

NAME = "anatomy"
# No process can do anything about them.
_UNCATCHABLE = (9, 19)


def record(scene: Scene, place: Place) -> Recording:
    """One look at processes and sockets."""
    found = looking.inside(scene, NAME, place)
    facts = found.subject.facts
    number = number_of(facts.stop_signal)
    reason = ""
    if facts.pid_mode:
        reason = f"pid: {facts.pid_mode.partition(':')[0]}: PID 1 is somebody else's, and no rule for PID 1 holds"
    elif number in _UNCATCHABLE:
        reason = f"{name_of(number)} reaches everybody and can be handled by nobody"
    return replace(found, refusal=Refusal(Grade.SKIP, reason)) if reason else found


def judge(recording: Recording) -> Verdict:
    """By the masks of the processes between PID 1 and the workload: what they are called decides nothing."""
    sample = recording.samples[-1] if recording.samples else None
    found = anatomy(sample.processes, sample.sockets or (), recording.port) if sample else Anatomy()
    if sample is None or found.first is None:
        return Verdict(NAME, recording.service, Grade.INCONCLUSIVE, "it ended while it was looked at")
    number = number_of(recording.subject.facts.stop_signal)
    wrong = signal_way.findings(found, number, serves=_serves(sample))
    verdict = concluded(NAME, recording.service, wrong, signal_way.told(found, number), _figures(recording, sample))
    return replace(verdict, notes=(*verdict.notes, *_two_inits(recording, found)))


DRILL = Drill(
    NAME, "the stop signal gets to the process that does the work, and is caught there", judge, record, looks=True
)


def _two_inits(recording: Recording, found: Anatomy) -> Iterator[str]:
    """An init of the image below the engine's: it is not PID 1, and some do not start then."""
    inits = [shown(process) for process in found.chain if is_init(process)]
    if recording.subject.facts.init and len(inits) > 1:
        yield f"two inits ({' > '.join(inits)}): the image has its own, so remove `init: true`"


def _serves(sample: Sample) -> bool:
    return any(socket.state == "LISTEN" and socket.owners for socket in sample.sockets or ())


def _figures(recording: Recording, sample: Sample) -> dict[str, float]:
    number = uid(workers(sample, recording.port))
    figures = {"processes": float(len(sample.processes))} | ({} if number is None else {"uid": float(number)})
    return figures | {f"overhead_{part}_s": round(spent, 3) for part, spent in recording.overhead_s.items()}
