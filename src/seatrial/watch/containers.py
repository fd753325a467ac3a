"""The side of the engine: the containers that are kept equal, as they come and go."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.lifecycle.failure import bounded
from seatrial.watch.crashes import Crashes
from seatrial.watch.happenings import Exited, Note
from seatrial.watch.lane import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from seatrial.engine.observed import Event
    from seatrial.errors import SeatrialError
    from seatrial.watch.scene import Scene
    from seatrial.watch.sources import Sources
    from seatrial.watch.workers import Workers

_LOG_LINES = 8
_ADVICE = "saves are sent when it is back"
_BACK = "the engine is back"
# Compose makes a container that replaces another one under such a name, and renames it when the other is gone.
_PASSING = re.compile(r"^[0-9a-f]{12}_")
_BEGUN, _NEW, _RULES = "watching has begun", "a new container", "its rules have changed"


class Containers:
    """Those of the services that have rules; called in the loop.

    Args:
        synced: called with the lane of a container and the host's paths of which it has something else than before.

    Attributes:
        engine_gone: why nothing can be sent; "" while it can.
    """

    def __init__(
        self, scene: Scene, sources: Sources, workers: Workers, synced: Callable[[Lane, frozenset[str]], None]
    ) -> None:
        self._sources, self._workers, self._synced = sources, workers, synced
        self._take(scene)
        self._lanes: dict[str, Lane] = {}
        self._crashes = Crashes()
        self._saved_s: dict[str, float] = {}
        self._cause = _BEGUN
        self.engine_gone = ""

    @property
    def pending(self) -> int:
        return sum(lane.pending for lane in self._lanes.values())

    @property
    def errors(self) -> tuple[str, ...]:
        return tuple(error for lane in self._lanes.values() for error in lane.errors)

    def adopt(self, scene: Scene) -> None:
        """Keep the containers of this scene equal from here on, by its rules. Raises `EngineUnreachable`."""
        self._take(scene)
        self._lanes = {i: lane for i, lane in self._lanes.items() if lane.container.service in self._syncing}
        for lane in self._lanes.values():
            lane.adopt(scene, _RULES)
        if self._cause == _NEW:  # else all of them are about to be looked at in any case
            self._keep_further(_RULES)

    def touch(self, paths: Iterable[str], since_s: float) -> None:
        """These may be other than what was sent."""
        for lane in self._lanes.values():
            lane.touch(paths, since_s)

    def saved(self, service: str) -> None:
        """Something that may mend a service that crashes."""
        self._saved_s[service] = time.monotonic()
        self._crashes.saved(service)

    def due_at(self) -> float | None:
        """When `pump` has something to do; None while it has not."""
        return min((at for lane in self._lanes.values() if (at := lane.due_at()) is not None), default=None)

    def owing(self, since_s: Mapping[str, float], now_s: float) -> set[str]:
        """Those of the services of which a container still lacks something that was saved by then."""
        lanes = [(lane, since_s.get(lane.container.service)) for lane in self._lanes.values()]
        return {lane.container.service for lane, at_s in lanes if at_s is not None and lane.owes(at_s, now_s)}

    def pump(self, now_s: float) -> None:
        """Begin what is due."""
        for lane in list(self._lanes.values()):
            lane.pump(now_s)
            if lane.lost:
                self._lanes.pop(lane.container.id, None)

    def connected(self) -> None:
        """The engine is there: what stands now is what is to be kept equal. Raises `EngineUnreachable`."""
        containers = self._scene.engine.snapshot(self._scene.stack.name).containers
        if self.engine_gone:
            self._scene.tell(Note(f"{_BACK}; looking at every container"))
            self.engine_gone, self._cause = "", _BACK
        known = {container.id for container in containers}
        self._lanes = {i: lane for i, lane in self._lanes.items() if i in known}
        for container in containers:
            if container.service in self._syncing and not container.one_off:
                self._keep(container.id)
        self._cause = _NEW

    def lost(self, error: SeatrialError) -> None:
        """The engine is gone; told once."""
        if not self.engine_gone:
            self._scene.tell(Note(f"{error.what}; {_ADVICE}", grave=True))
        self.engine_gone = error.what

    def happened(self, event: Event, busy: Iterable[str]) -> None:
        """An event of the engine; what `busy` services do is somebody else's to tell."""
        if event.service not in self._watched:
            return
        lane = self._lanes.get(event.container_id)
        if event.action == "destroy":
            self._lanes.pop(event.container_id, None)
        elif event.action in ("create", "start") and lane is None:
            self._keep(event.container_id)
        elif event.action in ("start", "unpause") and lane is not None:
            if event.action == "start" and lane.volatile:
                lane.anew("its temporary file system is empty after a restart", quietly=True)
            lane.hasten()
        ended = self._crashes.happened(event)
        if ended and event.service not in busy:
            self._exited(event, *ended)

    def _take(self, scene: Scene) -> None:
        self._scene = scene
        self._syncing = {rule.service for rule in scene.rules if rule.syncs}
        self._watched = frozenset(scene.services)

    def _keep_further(self, cause: str) -> None:
        """Those of services of which none was kept up to now."""
        self._cause = cause
        try:
            for container in self._scene.engine.snapshot(self._scene.stack.name).containers:
                wanted = container.service in self._syncing and not container.one_off
                if wanted and container.id not in self._lanes:
                    self._keep(container.id)
        finally:
            self._cause = _NEW

    def _keep(self, container_id: str) -> None:
        """Bring this one to equality, from now on."""
        lane = self._lanes.get(container_id)
        if lane is not None:
            lane.anew(self._cause)
            return
        for container in self._scene.engine.look([container_id]):
            if container.service in self._syncing and not container.one_off:
                named = replace(container, name=_PASSING.sub("", container.name))
                self._lanes[container_id] = Lane(
                    self._scene, self._sources, self._workers, named, acted=self._synced, cause=self._cause
                )

    def _exited(self, event: Event, code: int, times: int) -> None:
        saved_s = self._saved_s.get(event.service)
        since_s = None if saved_s is None else time.monotonic() - saved_s
        name = event.attributes.get("name", event.container_id[:12])

        def told(lines: tuple[str, ...] | BaseException) -> None:
            log = () if isinstance(lines, BaseException) else tuple(map(bounded, lines))
            self._scene.tell(Exited(event.service, name, code, times, since_s, log))

        self._workers.begin(lambda: self._scene.engine.log_tail(event.container_id, _LOG_LINES), told)
