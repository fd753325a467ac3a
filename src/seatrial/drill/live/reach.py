"""Finds the way to a service that answers: tried out once in a run, addressed anew for every recording."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from seatrial.drill.live.routes import discovered, well
from seatrial.drill.service.route import Clues, addressed, candidates
from seatrial.drill.traffic.request import SPOILT, Trial
from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    """The first candidate that answers well; else one that answers HTTP badly or late; else plain connections."""
    from seatrial.drill.traffic.trial import TIMED_OUT, try_out

    found = [(candidate, *pair) for candidate in _candidates(recorder) for pair in _addresses(recorder, candidate)]
    failed: Trial | None = None
    plain: Way | None = None
    speaking: set[int] = set()  # ports that speak HTTP, or may: connections alone would prove less
    for candidate, position, target in found:
        trial, port = try_out(target), candidate.target.port
        if not trial.error and (target.http or port not in speaking):
            return Way(candidate.target, trial, position)
        if not trial.error:
            doubt = failed.error if failed else ""
            plain = plain or Way(candidate.target, replace(trial, doubt=doubt), position)
            continue
        if trial.answer or (target.http and trial.error.startswith(TIMED_OUT)):
            speaking.add(port)
        if failed is None or (trial.answer and not failed.answer):
            failed = replace(trial, error=f"{candidate.source}: {trial.error}")
    if speaking and not _needed(recorder) and not _has_just_started(recorder):
        return _slow_or_spoilt(recorder, speaking) or plain or Way(None, failed)
    return plain or Way(None, failed or _unreachable(recorder))


def _addresses(recorder: Recorder, candidate: Candidate) -> Iterator[tuple[int, Target]]:
    yield from enumerate(_addressed(recorder, candidate.target))


def _unreachable(recorder: Recorder) -> Trial | None:
    machine, apart = recorder.scene.machine, recorder.scene.apart
    if machine:
        return Trial(error=f"the engine is on {machine}, and no port of it that is published there can be asked")
    if apart:
        return Trial(
            error=f"the engine is {apart}, its networks cannot be reached from here, and no port of it is published"
        )
    return None


def _slow_or_spoilt(recorder: Recorder, ports: set[int]) -> Way | None:
    """The first route that answers HTTP after all: with 500 or more, or after a long time; None when none does.

    A service is judged for what it does: its usual answer is the one that it must give again.
    """
    from seatrial.drill.traffic.trial import GUESS_LIMIT_S, PATIENT_LIMIT_S, try_out

    for candidate in _candidates(recorder):
        if not candidate.target.http or candidate.target.port not in ports:
            continue
        limit_s = GUESS_LIMIT_S if candidate.source.startswith("port ") else PATIENT_LIMIT_S
        recorder.scene.tell(f"{recorder.service}: waiting at most {limit_s:.0f} s for an answer")
        for position, target in enumerate(_addressed(recorder, candidate.target)):
            trial = try_out(target, limit_s)
            usual = candidate.target
            if trial.error and trial.answer and trial.answer.status >= SPOILT and not target.expect:
                usual = replace(usual, expect=(trial.answer.status,))
                trial = try_out(replace(target, expect=usual.expect), limit_s)
            if not trial.error:
                return Way(usual, trial, position)
    return None


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


def answering(recorder: Recorder) -> tuple[Way, ...]:
    """The routes of the service that answer well now, found without load; each a way without a trial."""
    for candidate in _candidates(recorder):
        if not candidate.target.http or candidate.target.tls:
            continue
        for position, target in _addresses(recorder, candidate):
            routes = (*((target,) if well(target) else ()), *discovered(target))
            if routes:
                return tuple(Way(replace(candidate.target, path=one.path), None, position) for one in routes)
    return ()


def where(recorder: Recorder, way: Way) -> Target | None:
    """The way at the address that the service has now."""
    return next(iter(_addressed(recorder, way.target)[way.position :]), None) if way.target else None
