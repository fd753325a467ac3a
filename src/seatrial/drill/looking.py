"""What drills share that only look: a container that runs, seen once its program has had time to set itself up."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from seatrial.drill.route import Clues, candidates
from seatrial.drill.unjudged import inconclusive
from seatrial.engine.clock import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatrial.drill.recorder import Recorder
    from seatrial.drill.recording import Sample

# A program that has just started has no handler and no listener yet.
_YOUNG_S = 3.0
_AGAIN_S = 0.1
_NS = 1e9


def runs(recorder: Recorder) -> None:
    """Note the container as it is; one that does not run cannot be looked at.

    Raises:
        Unjudged: INCONCLUSIVE, with what to do.
    """
    container = recorder.scene.container(recorder.service)
    if container is None or container.state != "running":
        state = f"it is {container.state}" if container else "it has no container"
        raise inconclusive(f"{state}: up --service {recorder.service}")
    recorder.before = container


def looked(recorder: Recorder, settled: Callable[[], bool] = lambda: True) -> Sample:
    """The processes and sockets of the container, which is called `settled` or is older than three seconds.

    Raises:
        Unjudged: SKIP where nothing can be seen inside; INCONCLUSIVE when it has ended.
    """
    runs(recorder)
    _ = recorder.scene.inside
    while True:
        taken = recorder.sample(sockets=True)
        if taken is None or not taken.processes:
            raise inconclusive(f"it ended while it was looked at: up --service {recorder.service}")
        recorder.port = _port(recorder, taken)
        if _age_s(recorder) >= _YOUNG_S or (_listens(recorder, taken) and settled()):
            return taken
        time.sleep(_AGAIN_S)


def _age_s(recorder: Recorder) -> float:
    started = nanoseconds(recorder.before.started_at) if recorder.before else 0
    return (time.time_ns() - recorder.scene.clock.ours(started)) / _NS


def _listens(recorder: Recorder, taken: Sample) -> bool:
    """Whether it does, or need not."""
    published = any(port.protocol == "tcp" for port in recorder.subject.service.ports)
    return not published or any(_listening(taken))


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
