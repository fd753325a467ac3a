"""One look at a service, for all drills that only look: it runs, and its program has had time to set itself up."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill.live.steady import standing
from seatrial.drill.recording import Refusal
from seatrial.drill.service.anatomy import anatomy
from seatrial.drill.service.route import Clues, candidates
from seatrial.drill.stop import signal_way
from seatrial.drill.stop.ended import number_of
from seatrial.drill.unjudged import inconclusive
from seatrial.drill.verdict import Grade
from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.live.recorder import Recorder
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording, Sample

UNSEEN = "not seen inside"
_KIND = "look"
# A program that has just started has no handler and no listener yet.
_YOUNG_S = 3.0
_AGAIN_S = 0.1
_NS = 1e9


def look(scene: Scene, drill: str, place: Place) -> Recording:
    """The service as the first of these drills has found it, as `drill`'s own recording.

    It has a refusal when there is nothing to see, and the mark UNSEEN where only the inside cannot be seen.
    """
    fresh: list[Recording] = []

    def record() -> Recording:
        fresh.append(_recorded(scene, place))
        return fresh[-1]

    taken = scene.kept.take(drill, _KIND, place, record)
    return taken if fresh else replace(taken, overhead_s={})


def inside(scene: Scene, drill: str, place: Place) -> Recording:
    """The same for a drill that has nothing to judge without the processes."""
    found = look(scene, drill, place)
    unseen = found.mark(UNSEEN)
    return replace(found, refusal=Refusal(Grade.SKIP, unseen.detail)) if unseen and not found.refusal else found


def _recorded(scene: Scene, place: Place) -> Recording:
    with scene.recorder(_KIND, place) as recorder:
        container = scene.container(place.service)
        if container is None or container.state != "running":
            state = standing(container) if container else "it has no container"
            raise inconclusive(f"{state}: up --service {place.service}")
        recorder.before = container
        if scene.sees:
            _looked(recorder)
        else:
            recorder.mark(UNSEEN, scene.blind)
    return recorder.recording()


def _looked(recorder: Recorder) -> None:
    while True:
        taken = recorder.sample(sockets=True)
        if taken is None or not taken.processes:
            raise inconclusive(f"it ended while it was looked at: up --service {recorder.service}")
        recorder.port = _port(recorder, taken)
        if _age_s(recorder) >= _YOUNG_S or (_listens(recorder, taken) and _settled(recorder, taken)):
            return
        time.sleep(_AGAIN_S)


def _age_s(recorder: Recorder) -> float:
    started = nanoseconds(recorder.before.started_at) if recorder.before else 0
    return (time.time_ns() - recorder.scene.clock.ours(started)) / _NS


def _listens(recorder: Recorder, taken: Sample) -> bool:
    """Whether it does, or need not."""
    published = any(port.protocol == "tcp" for port in recorder.subject.service.ports)
    return not published or any(_listening(taken))


def _settled(recorder: Recorder, taken: Sample) -> bool:
    found = anatomy(taken.processes, taken.sockets or (), recorder.port)
    number = number_of(recorder.subject.facts.stop_signal)
    return not any(True for _ in signal_way.findings(found, number, serves=True))


def _port(recorder: Recorder, taken: Sample) -> int | None:
    """Where it is asked, when somebody listens there; nothing is sent to find out."""
    open_ports = tuple(sorted(set(_listening(taken))))
    if len(open_ports) < 2:  # there is nothing to choose
        return next(iter(open_ports), None)
    known = recorder.scene.ways.get(recorder.service)
    if known and known.target and known.target.port in open_ports:
        return known.target.port
    facts = recorder.subject.facts
    environment = recorder.scene.engine.environments([facts.id]).get(facts.id, {})
    clues = Clues(environment=environment, listening=open_ports)
    asked = (candidate.target.port for candidate in candidates(recorder.subject, clues))
    return next((port for port in asked if port in open_ports), None)


def _listening(taken: Sample) -> Iterator[int]:
    return (s.local_port for s in taken.sockets or () if s.state == "LISTEN" and s.owners)
