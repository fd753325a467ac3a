"""Builds images anew and makes containers of them, one build at a time: what is wanted meanwhile becomes one more."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.engine import UpRequest
from seatrial.errors import SeatrialError
from seatrial.lifecycle.bring_up import bring_up
from seatrial.lifecycle.lock import held
from seatrial.lifecycle.references import References, guests
from seatrial.lifecycle.stale.images import build
from seatrial.lifecycle.up import plan_up, wanted
from seatrial.places import cache
from seatrial.watch.happenings import Building, Rebuilt
from seatrial.watch.wishes import Wishes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.watch.scene import Scene
    from seatrial.watch.workers import Workers

# What the builder said last, for somebody whose build has failed.
_LAST_LINES = 60


class Builds:
    """The builds of a watch; called in the loop.

    Attributes:
        wishes: the services that are to be built.
        building: those that are being built now.
    """

    def __init__(self, scene: Scene, workers: Workers) -> None:
        self._scene, self._workers = scene, workers
        self.wishes = Wishes(scene.tell)
        self.building: tuple[str, ...] = ()

    def adopt(self, scene: Scene) -> None:
        """Act on this scene from here on; what is wanted of services that are there no more is not."""
        self._scene = scene
        self.wishes.only(scene.stack.names)

    def due_at(self) -> float | None:
        """When `pump` has something to do; None while it has not."""
        return None if self.building else self.wishes.due_at(())

    def pump(self, now_s: float) -> None:
        """Begin a build of all that is wanted and not held."""
        chosen = {} if self.building else self.wishes.take((), now_s)
        if not chosen:
            return
        self.building = names = tuple(name for name in self._scene.stack.names if name in chosen)
        self._scene.tell(Building(names, tuple(dict.fromkeys(path for paths in chosen.values() for path in paths))))
        self._workers.begin(lambda: rebuilt(self._scene, names), self._done)

    def _done(self, answer: Rebuilt | BaseException) -> None:
        self.building = ()
        if isinstance(answer, BaseException):
            raise answer
        self._scene.tell(answer)


def rebuilt(scene: Scene, names: Sequence[str]) -> Rebuilt:
    """Build, make containers of it where the images are others, and see that they come up."""
    began_s = time.monotonic()
    said: deque[str] = deque(maxlen=_LAST_LINES)
    build_s = 0.0
    engine = scene.engine
    try:
        with held(cache(), scene.stack.name, "watch", wait_s=scene.timeout_s, tell=said.append):
            for line in build(engine, scene.project, scene.stack, names):
                said.append(line)
            build_s = time.monotonic() - began_s
            before = engine.snapshot(scene.stack.name)
            stage = scene.stage([*names, *guests(before, names)], before, said.append)
            request = UpRequest(tuple(names), no_build=True, timeout_s=scene.timeout_s)
            want = wanted(engine, scene.project, scene.stack, before)
            want = replace(want, references=References())  # those are for `up`
            plan = plan_up(stage.stack, before, want, request)
            if not plan.acts:
                return Rebuilt(tuple(names), time.monotonic() - began_s, build_s, renewed=False)
            result = bring_up(stage, request, plan)
            renewed = [step.subject for step in plan.steps if step.action in ("create", "recreate")]
            others = scene.restarted_with(renewed)
            if others and result.outcome.up:
                engine.restart(scene.project, others)
    except SeatrialError as error:
        return Rebuilt(tuple(names), time.monotonic() - began_s, build_s, error=str(error), log=tuple(said))
    return Rebuilt(tuple(names), time.monotonic() - began_s, build_s, result=result)
