"""Every route that answers well before the drills answers well after them; a restart repairs one that does not."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING

from seatrial.drill.live.reach import answering, where
from seatrial.drill.live.routes import ask, well
from seatrial.drill.live.scene import Place
from seatrial.drill.live.steady import steady
from seatrial.drill.unjudged import Unjudged
from seatrial.engine import containers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeVar

    from seatrial.drill.live.reach import Way
    from seatrial.drill.live.recorder import Recorder
    from seatrial.drill.live.scene import Scene

    T = TypeVar("T")

_AT_ONCE = 8
_RECOVERY_S = 10.0
_LOOK_S = 0.5
_ENGINE_S = 15.0


def routes_of(scene: Scene, services: Iterable[str]) -> dict[str, tuple[Way, ...]]:
    """Return the routes of each service that answer well now."""
    return {name: ways for name, ways in _each(scene, services, answering).items() if ways}


def repair(scene: Scene, routes: Mapping[str, tuple[Way, ...]]) -> tuple[str, ...]:
    """Restart the services whose routes do not answer well any more; a line for each route that stays broken."""
    found = _each(scene, routes, lambda recorder: _repaired(recorder, routes[recorder.service]))
    return tuple(f"{name}: {line}" for name, lines in found.items() for line in lines or ())


def _repaired(recorder: Recorder, ways: tuple[Way, ...]) -> tuple[str, ...]:
    scene, facts = recorder.scene, recorder.subject.facts
    if not facts.pid:
        return ()
    lost = _lost(recorder, ways)
    if not lost:
        return ()
    scene.tell(f"{recorder.service}: restarted: {', '.join(lost)} stayed broken after the drills")
    containers.restart(facts.id, recorder.subject.grace_s + _ENGINE_S)
    steady(scene, recorder.service, recorder.patience_s)
    recorder.renew()
    return tuple(f"{line} (also after a restart)" for line in _lost(recorder, ways))


def _lost(recorder: Recorder, ways: tuple[Way, ...]) -> tuple[str, ...]:
    """Ask until all answer well; what does not in time, with its status."""
    targets = [target for way in ways if (target := where(recorder, way))]
    deadline = time.monotonic() + _RECOVERY_S
    while (targets := [target for target in targets if not well(target)]) and time.monotonic() < deadline:
        recorder.scene.tape.rest(_LOOK_S)
    return tuple(f"{target.path.partition('?')[0]} ({ask(target)[0] or 'no answer'})" for target in targets)


def _each(scene: Scene, services: Iterable[str], act: Callable[[Recorder], T]) -> dict[str, T | tuple[()]]:
    """Do it for all services at the same time; () for one that has no container."""

    def one(service: str) -> T | tuple[()]:
        try:
            return act(scene.recorder("routes", Place(service)))
        except Unjudged:
            return ()

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        jobs = {name: pool.submit(copy_context().run, one, name) for name in services}
        return {name: job.result() for name, job in jobs.items()}
