"""Finds the way to a service that answers: tried out once in a run, addressed anew for every recording."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from seatrial.drill.service.route import Clues, addressed, candidates
from seatrial.drill.traffic.request import Trial
from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from seatrial.drill.live.recorder import Recorder
    from seatrial.drill.service.route import Candidate
    from seatrial.drill.traffic.request import Target


class Way(NamedTuple):
    """What answers: a target without an address, what it can bear, and at which of its addresses."""

    target: Target | None
    trial: Trial | None
    position: int = 0


_AGAIN_S = 0.25
_YOUNG_NS = 5 * 10**9
_LISTEN = "LISTEN"
_SHARED_NETWORK = "container:"


def reached(recorder: Recorder) -> Target | None:
    """Where the traffic goes; None when nothing answers. The recorder gets the trial, also one that failed."""
    key = str(recorder.place) if _needed(recorder) else recorder.service
    known = recorder.scene.ways.get(key)
    if known is None:
        known = _tried(recorder)
        # Connected to its dependency it is by and by, whenever it was last disturbed.
        deadline = time.monotonic() + (recorder.subject.startup_budget_s if _needed(recorder) else 0.0)
        while known.target is None and (_has_just_started(recorder) or time.monotonic() < deadline):
            recorder.scene.tape.rest(_AGAIN_S)
            known = _tried(recorder)
        recorder.scene.ways[key] = known
    target, recorder.trial, position = known
    if target is None:
        return None
    recorder.port = target.port
    # Addresses change with every start, their kinds and order do not.
    return next(iter(_addressed(recorder, target)[position:]), None)


def _has_just_started(recorder: Recorder) -> bool:
    """Whether it may not listen yet. Without a health check nobody else says so, and not every check asks for that."""
    container = recorder.scene.container(recorder.service)
    if container is None or container.state != "running":
        return False
    started_ns = recorder.scene.clock.ours(nanoseconds(container.started_at))
    return time.time_ns() - started_ns < _YOUNG_NS


def _tried(recorder: Recorder) -> Way:
    from seatrial.drill.traffic.trial import try_out

    failed: Trial | None = None
    for candidate in _candidates(recorder):
        for position, target in enumerate(_addressed(recorder, candidate.target)):
            trial = try_out(target)
            if not trial.error:
                return Way(candidate.target, trial, position)
            failed = failed or Trial(error=f"{candidate.source}: {trial.error}")
    machine, apart = recorder.scene.machine, recorder.scene.apart
    if machine and failed is None:
        failed = Trial(error=f"the engine is on {machine}, and no port of it that is published there can be asked")
    if apart and failed is None:
        failed = Trial(
            error=f"the engine is {apart}, its networks cannot be reached from here, and no port of it is published"
        )
    return Way(None, failed)


def _candidates(recorder: Recorder) -> tuple[Candidate, ...]:
    """In a drill of an edge, the route that is said to need the dependency, wherever the service is asked."""
    found = candidates(recorder.subject, _clues(recorder))
    path = _needed(recorder)
    if not path:
        return found
    return tuple(replace(one, target=replace(one.target, path=path)) for one in found if one.target.http)


def _needed(recorder: Recorder) -> str:
    return recorder.subject.extension.needs.get(recorder.place.dependency, "")


def _clues(recorder: Recorder) -> Clues:
    scene, facts = recorder.scene, recorder.subject.facts
    sockets = scene.inside.sockets(facts.pid) if scene.sees and facts.pid else ()
    return Clues(
        headers=scene.declared.headers_of(recorder.service),
        environment=scene.engine.environments([facts.id]).get(facts.id, {}),
        listening=tuple(sorted({s.local_port for s in sockets if s.state == _LISTEN and s.owners})),
    )


def _addressed(recorder: Recorder, target: Target) -> tuple[Target, ...]:
    facts = recorder.subject.facts
    owner = facts.network_mode.removeprefix(_SHARED_NETWORK)
    shared = recorder.scene.engine.facts([owner]) if owner != facts.network_mode else ()
    scene = recorder.scene
    return addressed(target, facts, shared[0] if shared else None, scene.machine, apart=bool(scene.apart))
