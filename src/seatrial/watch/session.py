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
from seatrial.watch.builds import Builds
from seatrial.watch.contents import Contents
from seatrial.watch.crashes import Crashes
from seatrial.watch.git import Git
from seatrial.watch.happenings import Exited, Looked, Note, Ran, Watching
from seatrial.watch.lane import Lane
from seatrial.watch.listening import Listening
from seatrial.watch.observer import Hint, Lost, Observer
from seatrial.watch.pending import LOCKED_S, Pending
from seatrial.watch.restarts import Restarts
from seatrial.watch.tree import Tree
from seatrial.watch.workers import workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Self

    from seatrial.engine import Ran as Ended
    from seatrial.engine.observed import Container, Event
    from seatrial.errors import SeatrialError
    from seatrial.project import Project
    from seatrial.watch.rules import Rule
    from seatrial.watch.scene import Scene

HEARTBEAT_S = 2.0
# Should something be missed in a way that nobody thought of, it is made good then.
LOOK_AGAIN_S = 300.0
# The command of a `sync+exec`.
HOOK_LIMIT_S = 300.0
_LOG_LINES = 8
_ADVICE = "saves are sent when it is back"


class Session:
    """One watch. From `__enter__` on every change is noticed; `run` follows the rules until it is left.

    Args:
        remembered: paths that were there when this checkout was watched last, or its images were built.
        noted: called after everything that has changed what the session is about.
    """

    def __init__(
        self, scene: Scene, remembered: Iterable[str] = (), noted: Callable[[Session], None] = lambda _: None
    ) -> None:
        self.scene = scene
        self._ever = {path for path in remembered if any(rule.covers(path) for rule in scene.rules)}
        self._noted = noted
        self._mail: queue.SimpleQueue[Callable[[], None] | Hint | Lost] = queue.SimpleQueue()
        self._pending = Pending()
        self._contents = Contents()
        self._crashes = Crashes()
        self._lanes: dict[str, Lane] = {}
        self._saved_s: dict[str, float] = {}
        self._all = ExitStack()
        self._cause = "watching has begun"
        self.engine_gone = ""
        self.last_sync_s: float | None = None

    def __enter__(self) -> Self:
        self.observer = Observer(self._mail.put)
        self._all.callback(self.observer.close)
        self.tree = Tree(self.scene.rules, self.observer.enter)
        self.tree.scan()
        self._ever |= self.tree.entries.keys()
        acting = [rule for rule in self.scene.rules if not rule.syncs]
        watched = [path for path in self.tree.entries if any(rule.covers(path) for rule in acting)]
        self._contents.prime(self.tree.entries, watched)
        return self

    def __exit__(self, *_: object) -> None:
        self._all.close()

    @property
    def ever(self) -> frozenset[str]:
        """All paths that were there at any time."""
        return frozenset(self._ever)

    @property
    def pending(self) -> int:
        return len(self._pending) + sum(lane.pending for lane in self._lanes.values())

    @property
    def errors(self) -> tuple[str, ...]:
        return tuple(error for lane in self._lanes.values() for error in lane.errors)

    @property
    def building(self) -> tuple[str, ...]:
        return self._builds.building

    def run(self) -> None:
        """Follow the rules; ends only by an exception, as ^C is one."""
        scene = self.scene
        self._git = Git(rule.path for rule in scene.rules)
        self._workers = self._all.enter_context(workers(self._mail.put))
        self._builds, self._restarts = Builds(scene, self._workers), Restarts(scene, self._workers)
        listening = Listening(
            scene.engine,
            scene.stack.name,
            connected=lambda: self._mail.put(self._connected),
            happened=lambda event: self._mail.put(lambda: self._happened(event)),
            gone=lambda error: self._mail.put(lambda: self._engine_lost(error)),
        )
        self._all.enter_context(listening)
        files = sum(stamp.kind != "folder" for stamp in self.tree.entries.values())
        scene.tell(Watching(scene.services, len(scene.rules), files, self.observer.watches))
        for path, reason in self.tree.unreadable.items():
            scene.tell(Note(f"{path} cannot be read and is not watched: {reason}", grave=True))
        self._definitions = _stamps(scene.project)
        self._beat_s = time.monotonic() + HEARTBEAT_S
        self._look_s = time.monotonic() + LOOK_AGAIN_S
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
            self._pending.add(item, time.monotonic())
        elif isinstance(item, Lost):
            self._look(item.reason)
        else:
            try:
                item()
            except EngineError as error:
                self._engine_lost(error)

    def _due_at(self, now_s: float) -> float:
        pending_s = self._pending.due_at(self.tree.entries, locked=self._git_works())
        if pending_s is not None and self._git_works():
            pending_s = min(max(pending_s, now_s), now_s + LOCKED_S)  # nobody tells when git lets go
        due = [
            pending_s,
            self._builds.due_at(),
            self._restarts.due_at(self._builds.building),
            *(lane.due_at() for lane in self._lanes.values()),
            self._beat_s,
            self._look_s,
        ]
        return min(at for at in due if at is not None)

    def _git_works(self) -> bool:
        return bool(len(self._pending)) and self._git.busy

    def _act(self) -> None:
        now_s = time.monotonic()
        touched = self._pending.take(self.tree.entries, now_s, locked=self._git_works())
        if touched.paths:
            self._changed(self.tree.refresh(touched.paths), touched.since_s)
        for lane in list(self._lanes.values()):
            lane.pump(now_s)
            if lane.lost:
                self._lanes.pop(lane.container.id, None)
        self._builds.pump(now_s)
        self._restarts.pump(self._builds.building, now_s)
        if now_s >= self._beat_s:
            self.observer.check()
            self._check_definitions()
            if self.engine_gone:
                self._mail.put(self._connected)  # the stream of events may have survived what we have not
            self._beat_s = now_s + HEARTBEAT_S
        if now_s >= self._look_s:
            self._look("")

    def _check_definitions(self) -> None:
        """The rules were read when the watch began."""
        stamps = _stamps(self.scene.project)
        for path in (path for path, stamp in stamps.items() if stamp != self._definitions.get(path)):
            self.scene.tell(Note(f"{path} has changed; what it says counts from the next `watch` on", grave=True))
        self._definitions = stamps

    def _look(self, reason: str) -> None:
        """At everything; `reason` is told, if there is one."""
        began_s = time.monotonic()
        changed = self.tree.scan()
        self._look_s = time.monotonic() + LOOK_AGAIN_S
        if reason:
            self.scene.tell(Looked(reason, len(changed), time.monotonic() - began_s))
        self._changed(changed, began_s)

    def _changed(self, paths: set[str], now_s: float) -> None:
        if not paths:
            return
        entries = self.tree.entries
        self._ever |= paths & entries.keys()
        for lane in self._lanes.values():
            lane.touch(paths, now_s)
        acting = [rule for rule in self.scene.rules if not rule.syncs]
        touched = [path for path in paths if any(self._counts(rule, path) for rule in acting)]
        changed = [path for path in touched if self._contents.changed(path, entries.get(path))]
        for rule in acting:
            own = sorted(path for path in changed if self._counts(rule, path))
            if own:
                self._saved(rule.service, now_s)
                self._do(rule, own)

    def _do(self, rule: Rule, paths: Iterable[str]) -> None:
        """What a rule that sends nothing wants done; one whose files are mounted in the container is such."""
        if rule.action == "rebuild":
            self._builds.wishes.want(rule.service, paths)
        elif rule.action != "sync+exec":
            self._restarts.wishes.want(rule.service, paths)
        else:
            for container in self.scene.engine.snapshot(self.scene.stack.name).of(rule.service):
                self._hook(container, rule)

    def _counts(self, rule: Rule, path: str) -> bool:
        stamp = self.tree.entries.get(path)
        return rule.wants(path, folder=stamp is not None and stamp.kind == "folder")

    def _saved(self, service: str, now_s: float) -> None:
        self._saved_s[service] = now_s
        self._crashes.saved(service)

    def _synced(self, lane: Lane, hosts: frozenset[str]) -> None:
        """A container has something else now: what its rules want done for it."""
        service = lane.container.service
        now_s = time.monotonic()
        self.last_sync_s = time.time()
        self._saved(service, now_s)
        for rule in self.scene.of(service):
            own = sorted(host for host in hosts if rule.covers(host))
            if own and rule.action == "sync+restart":
                self._restarts.wishes.want(service, own)
            elif own and rule.action == "sync+exec" and rule.hook:
                self._hook(lane.container, rule)

    def _hook(self, container: Container, rule: Rule) -> None:
        hook = rule.hook
        if hook is None:
            return
        began_s = time.monotonic()

        def ended(answer: Ended | BaseException | None) -> None:
            if isinstance(answer, BaseException):
                code, output = None, str(answer)
            else:
                code, output = (None, "") if answer is None else (answer.exit_code, answer.output)
            seconds = time.monotonic() - began_s
            self.scene.tell(Ran(container.service, container.name, hook.command, code, output, seconds))

        self._workers.begin(
            lambda: self.scene.engine.run(
                container.id,
                hook.command,
                HOOK_LIMIT_S,
                user=hook.user,
                working_dir=hook.working_dir,
                environment=hook.environment,
                privileged=hook.privileged,
            ),
            ended,
        )

    def _connected(self) -> None:
        """The engine is there: what runs now is what is to be kept equal."""
        containers = self.scene.engine.snapshot(self.scene.stack.name).containers
        if self.engine_gone:
            self.scene.tell(Note("the engine is back; looking at every container"))
            self.engine_gone, self._cause = "", "the engine is back"
        known = {container.id for container in containers}
        self._lanes = {i: lane for i, lane in self._lanes.items() if i in known}
        for container in containers:
            if container.service in self.scene.services and not container.one_off:
                self._keep(container.id)
        self._cause = "a new container"

    def _engine_lost(self, error: SeatrialError) -> None:
        if not self.engine_gone:
            self.scene.tell(Note(f"{error.what}; {_ADVICE}", grave=True))
        self.engine_gone = error.what

    def _happened(self, event: Event) -> None:
        if event.service not in self.scene.services:
            return
        lane = self._lanes.get(event.container_id)
        if event.action == "destroy":
            self._lanes.pop(event.container_id, None)
        elif event.action in ("create", "start") and lane is None:
            self._keep(event.container_id)
        elif event.action == "start" and lane is not None:
            if lane.volatile:
                lane.anew("its temporary file system is empty after a restart", quietly=True)
            lane.hasten()
        elif event.action == "unpause" and lane is not None:
            lane.hasten()
        ended = self._crashes.happened(event)
        if ended and event.service not in (*self._builds.building, *self._restarts.restarting):
            self._exited(event, *ended)

    def _keep(self, container_id: str) -> None:
        """Bring this one to equality, from now on."""
        lane = self._lanes.get(container_id)
        if lane is not None:
            lane.anew(self._cause)
            return
        for container in self.scene.engine.look([container_id]):
            if container.one_off or not any(rule.syncs for rule in self.scene.of(container.service)):
                continue
            self._lanes[container_id] = Lane(
                self.scene,
                self.tree.entries,
                self._contents,
                self._workers,
                container,
                acted=self._synced,
                gone=lambda: self._ever - self.tree.entries.keys(),
                cause=self._cause,
            )

    def _exited(self, event: Event, code: int, times: int) -> None:
        saved_s = self._saved_s.get(event.service)
        since_s = None if saved_s is None else time.monotonic() - saved_s
        name = event.attributes.get("name", event.container_id[:12])

        def told(lines: tuple[str, ...] | BaseException) -> None:
            log = () if isinstance(lines, BaseException) else lines
            self.scene.tell(Exited(event.service, name, code, times, since_s, log))

        self._workers.begin(lambda: self.scene.engine.log_tail(event.container_id, _LOG_LINES), told)


def _stamps(project: Project) -> dict[str, int]:
    """When the files that define the project were written."""
    files = [*project.files, *([project.env_file] if project.env_file else [])]
    return {str(path): path.stat().st_mtime_ns for path in files if path.exists()}
