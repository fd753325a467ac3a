"""Restarts services for what has changed, and sees that they come up. What is asked for meanwhile becomes one more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from seatrial.errors import SeatrialError
from seatrial.lifecycle.bring_up import verified
from seatrial.lifecycle.by_compose import started_by_compose
from seatrial.lifecycle.plan import Plan, Step
from seatrial.lifecycle.references import guests
from seatrial.watch.happenings import Restarted
from seatrial.watch.wishes import Wishes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.lifecycle.bring_up import Result
    from seatrial.watch.scene import Scene
    from seatrial.watch.workers import Workers

# Beyond the grace period of a container, which the engine keeps itself.
_LIMIT_S = 600.0


class Restarts:
    """The restarts of a watch; called in the loop.

    Attributes:
        wishes: the services that are to be restarted.
        restarting: those that are being restarted now.
    """

    def __init__(self, scene: Scene, workers: Workers) -> None:
        self._scene, self._workers = scene, workers
        self.wishes = Wishes(scene.tell)
        self.restarting: set[str] = set()

    def adopt(self, scene: Scene) -> None:
        """Act on this scene from here on; what is wanted of services that are there no more is not."""
        self._scene = scene
        self.wishes.only(scene.stack.names)

    def due_at(self, busy: Iterable[str]) -> float | None:
        """When `pump` has something to do; None while it has not."""
        return self.wishes.due_at({*busy, *self.restarting})

    def pump(self, busy: Iterable[str], now_s: float) -> None:
        """Begin all that are wanted, not held, and not `busy` with something else."""
        for name, paths in self.wishes.take({*busy, *self.restarting}, now_s).items():
            self.restarting.add(name)
            self._begin(name, paths)

    def _begin(self, name: str, paths: tuple[str, ...]) -> None:
        began_s = time.monotonic()

        def ended(answer: Result | BaseException) -> None:
            self.restarting.discard(name)
            seconds = time.monotonic() - began_s
            cause = paths[0] if paths else ""
            if isinstance(answer, SeatrialError):
                self._scene.tell(Restarted(name, seconds, cause, error=str(answer)))
            elif isinstance(answer, BaseException):
                raise answer
            else:
                error = str(answer.trouble) if answer.trouble and not answer.failures else ""
                self._scene.tell(Restarted(name, seconds, cause, error, answer))

        self._workers.begin(lambda: restarted(self._scene, name), ended)


def restarted(scene: Scene, name: str) -> Result:
    """Restart a service's containers, by Compose where others are restarted with it or more belongs to its start.

    Then those that share a namespace with it: they are in the one of the run before.
    """
    before = scene.engine.snapshot(scene.stack.name)
    others = scene.restarted_with([name])
    cut_off = [guest for guest in guests(before, [name]) if guest not in others]
    stage = scene.stage([name, *others, *cut_off], before, lambda _: None)
    by_compose = bool(others) or name in started_by_compose(scene.stack) or scene.stack.service(name).pre_stop

    def act() -> None:
        if by_compose:
            scene.engine.restart(scene.project, [name])
        for each in cut_off if by_compose else (name, *cut_off):
            for container in before.of(each):
                scene.engine.restart_container(container.id, _LIMIT_S)

    plan = Plan((Step("restart", name, "a file has changed"),))
    return verified(stage, [name, *others, *cut_off], plan, act, scene.timeout_s)
