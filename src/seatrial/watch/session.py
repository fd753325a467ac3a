"""The loop of a watch. It decides; threads act, and what they find comes back to it.

An event is a hint. What counts is the difference between the tree and what a container was sent, so that whatever
was missed, or failed, is made good by the next look.
"""

from __future__ import annotations

import queue
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from seatrial.errors import EngineError
from seatrial.watch.acting import Acting
from seatrial.watch.containers import Containers
from seatrial.watch.happenings import Watching
from seatrial.watch.listening import Listening
from seatrial.watch.observer import Hint, Lost
from seatrial.watch.sources import Sources
from seatrial.watch.workers import workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Self

    from seatrial.watch.following import Following
    from seatrial.watch.lane import Lane
    from seatrial.watch.scene import Scene


class Session:
    """One watch. From `__enter__` on every change is noticed; `run` follows the rules until it is left.

    Args:
        following: the files that say what is watched.
        remembered: paths that were there when this checkout was watched last, or its images were built.
        noted: called after everything that may have changed how the watch is.
    """

    def __init__(
        self,
        scene: Scene,
        following: Following,
        remembered: Iterable[str] = (),
        noted: Callable[[Session], None] = lambda _: None,
    ) -> None:
        self.scene = scene
        self._following = following
        self._remembered, self._noted = remembered, noted
        self._mail: queue.SimpleQueue[Callable[[], None] | Hint | Lost] = queue.SimpleQueue()
        self._all = ExitStack()
        self.last_sync: float | None = None

    def __enter__(self) -> Self:
        self.sources = Sources(self.scene, self._remembered, self._mail.put)
        self._all.callback(self.sources.close)
        return self

    def __exit__(self, *_: object) -> None:
        self._all.close()

    def run(self) -> None:
        """Follow the rules; ends only by an exception, as ^C is one."""
        scene = self.scene
        self._running = running = self._all.enter_context(workers(self._mail.put))
        self.acting = Acting(scene, self.sources, running)
        self.containers = Containers(scene, self.sources, running, self._synced)
        self._following.follow(scene)
        listening = Listening(
            scene.engine,
            scene.stack.name,
            connected=lambda: self._mail.put(self.containers.connected),
            happened=lambda event: self._mail.put(lambda: self.containers.happened(event, self.acting.busy)),
            gone=lambda error: self._mail.put(lambda: self.containers.lost(error)),
        )
        self._all.enter_context(listening)
        self._tell()
        while True:
            self._receive()
            self._act()
            self._noted(self)

    def _receive(self) -> None:
        """All the mail there is, or the first that comes before something is due."""
        now_s = time.monotonic()
        try:
            first = self._mail.get(timeout=max(self._due_at(now_s) - now_s, 0.0))
        except queue.Empty:
            return
        self._open(first)
        for _ in range(self._mail.qsize()):
            self._open(self._mail.get())

    def _open(self, item: Callable[[], None] | Hint | Lost) -> None:
        if isinstance(item, Hint):
            self.sources.add(item)
        elif isinstance(item, Lost):
            began_s = time.monotonic()
            self._changed(self.sources.look(item.reason), began_s)
        else:
            try:
                item()
            except EngineError as error:
                self.containers.lost(error)

    def _due_at(self, now_s: float) -> float:
        due = (self.sources.due_at(now_s), self.containers.due_at(), self.acting.due_at(self._owing(now_s)))
        return min(at for at in due if at is not None)

    def _act(self) -> None:
        now_s = time.monotonic()
        self._changed(*self.sources.changed(now_s))
        self.containers.pump(now_s)
        self.acting.pump(now_s, self._owing(now_s))
        if self.sources.beat(now_s):
            self._following.beat(self.scene, self._running, self._adopt)
            if self.containers.engine_gone:
                self._mail.put(self.containers.connected)  # the stream of events may have survived what we have not

    def _owing(self, now_s: float) -> set[str]:
        return self.containers.owing(self.acting.since_s, now_s)

    def _changed(self, paths: set[str], since_s: float) -> None:
        if paths:
            self.containers.touch(paths, since_s)
            for service in self.acting.changed(paths):
                self.containers.saved(service)

    def _synced(self, lane: Lane, hosts: frozenset[str]) -> None:
        self.last_sync = time.time()
        self.containers.saved(lane.container.service)
        self.acting.synced(lane.container, hosts)

    def _adopt(self, scene: Scene) -> None:
        """Follow other rules from here on. What was to be done by the old ones is done."""
        began_s = time.monotonic()
        other, self.scene = scene.rules != self.scene.rules, scene
        changed = self.sources.adopt(scene) if other else set()
        self.acting.adopt(scene)
        self._following.follow(scene)
        if other:
            self._tell()
        self._changed(changed, began_s)
        self.containers.adopt(scene)

    def _tell(self) -> None:
        scene, sources = self.scene, self.sources
        files = sum(stamp.kind != "folder" for stamp in sources.tree.entries.values())
        scene.tell(Watching(scene.services, len(scene.rules), files, sources.observer.watches))
        sources.tell_limits()
