"""One container that is brought to what the tree holds, again and again, one batch at a time."""

from __future__ import annotations

import time
from posixpath import dirname
from typing import TYPE_CHECKING

from seatrial.errors import ContainerGone, EngineError, SeatrialError
from seatrial.watch.failing import AGAIN_S, Failing
from seatrial.watch.found import Found, found_in
from seatrial.watch.happenings import Note, Synced
from seatrial.watch.later import Later
from seatrial.watch.ledger import Ledger, due, everything, obsolete
from seatrial.watch.sync import Batch, send

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from seatrial.engine.observed import Container
    from seatrial.watch.rules import Rule
    from seatrial.watch.scene import Scene
    from seatrial.watch.sources import Sources
    from seatrial.watch.sync import Delivered
    from seatrial.watch.sync.destination import Destination
    from seatrial.watch.workers import Workers

# A file that changed while it was read is about to change again.
SOON_S = 0.03
_NAMED = 3
_KEPT = "is deleted here, and stays in the container: it has files that watch did not send"


class Lane:
    """What is known of one container, and what it lacks.

    Args:
        acted: called with the host's paths of which the container has something else now than before.
        cause: why it is looked at, for people.

    Attributes:
        lost: whether the container is not there any more.
    """

    def __init__(  # noqa: PLR0913
        self,
        scene: Scene,
        sources: Sources,
        workers: Workers,
        container: Container,
        *,
        acted: Callable[[Lane, frozenset[str]], None],
        cause: str,
    ) -> None:
        self.container = container
        self._scene, self._sources, self._workers = scene, sources, workers
        self._rules = self._of(scene)
        self._targets = tuple(dict.fromkeys(rule.target for rule in self._rules))
        self._acted = acted
        self._ledger = Ledger()
        self._destination: Destination | None = None
        self._touched: dict[str, float] = {}
        self._obsolete: tuple[str, ...] = ()
        self._failing = Failing(container, scene.tell)
        self._busy = False
        self._begun_s = 0.0
        self._not_before_s = 0.0
        self._later = Later()
        self._looks = 0
        self._cause, self._quiet_acts = cause, False
        self.lost = False

    @property
    def pending(self) -> int:
        """How many paths wait to be sent."""
        return len(self._touched) + len(self._obsolete) + len(self._later)

    @property
    def busy(self) -> bool:
        return self._busy

    @property
    def errors(self) -> tuple[str, ...]:
        return self._failing.told

    @property
    def volatile(self) -> bool:
        """Whether what it was sent is gone after a restart."""
        return self._destination is not None and self._destination.volatile(self._targets)

    def covers(self, path: str) -> bool:
        return any(rule.covers(path) for rule in self._rules)

    def touch(self, paths: Iterable[str], now_s: float) -> None:
        """These may be other than what was sent."""
        for path in paths:
            if self.covers(path):
                self._touched.setdefault(path, now_s)

    def anew(self, cause: str, *, quietly: bool = False) -> None:
        """Nobody knows what the container has: look, and send what differs; `quietly` without restarts for it."""
        self._destination, self._cause, self._quiet_acts = None, cause, quietly
        self._looks += 1
        self._not_before_s = 0.0

    def adopt(self, scene: Scene, cause: str) -> None:
        """Send by the rules of this scene from here on; where they are others, look at what the container has."""
        self._scene, before, self._rules = scene, self._rules, self._of(scene)
        if self._rules != before:
            self._targets = tuple(dict.fromkeys(rule.target for rule in self._rules))
            self._failing = Failing(self.container, scene.tell)
            self.anew(cause)

    def hasten(self) -> None:
        """What failed may work now."""
        self._not_before_s = self._later.at_s = 0.0

    def due_at(self) -> float | None:
        """When `pump` has something to do; None while it has not."""
        if self._busy or self.lost:
            return None
        if self._destination is None or self._touched or self._obsolete:
            return self._not_before_s
        return max(self._later.at_s, self._not_before_s) if len(self._later) else None

    def owes(self, since_s: float, now_s: float) -> bool:
        """Whether something that was saved by then is on its way, or will be at once."""
        soon = self._touched.values() if self._not_before_s <= now_s else ()
        return (self._busy and self._begun_s <= since_s) or any(at_s <= since_s for at_s in soon)

    def pump(self, now_s: float) -> None:
        """Begin what is due."""
        at = self.due_at()
        if at is None or at > now_s:
            return
        if self._destination is None:
            self._begun_s = now_s
            self._look()
            return
        if self._later.at_s <= now_s:
            hosts, paths = self._later.take()
            self._touched = {**hosts, **self._touched}
            self._obsolete = tuple(dict.fromkeys((*self._obsolete, *paths)))
        touched = self._touched
        batch = due(self._rules, self._sources.tree.entries, self._ledger, touched)
        batch = Batch(batch.put, (*self._obsolete, *batch.delete))
        # What a look leads to began with it.
        began_s = min(touched.values(), default=self._begun_s if self._cause else now_s)
        self._begun_s = began_s
        self._touched, self._obsolete = {}, ()
        if not batch.put and not batch.delete:
            return
        self._busy = True
        destination, known = self._destination, self._ledger.sent
        self._workers.begin(
            lambda: send(self._scene.engine, destination, batch, known, self._targets),
            lambda answer: self._sent(answer, batch, began_s),
        )

    def _of(self, scene: Scene) -> tuple[Rule, ...]:
        return tuple(rule for rule in scene.of(self.container.service) if rule.syncs)

    def _look(self) -> None:
        """What the container has against what it should have."""
        entries = self._sources.tree.entries
        wanted = {path: (host, entries[host]) for path, host in everything(self._rules, entries).items()}
        gone = tuple(sorted(obsolete(self._rules, self._sources.gone, wanted)))
        self._busy = True
        self._touched = {}
        self._later = Later()
        begun = self._looks

        def looked(answer: Found | BaseException) -> None:
            self._busy = False
            if isinstance(answer, BaseException):
                self._failed(answer)
                return
            if begun != self._looks:
                return  # something has happened to it meanwhile: the next look is due
            self._destination, same = answer
            if self._destination.doubt:
                self._scene.tell(Note(f"{self.container.name}: {self._destination.doubt}", grave=True))
            # All of it: what differs and is deleted before it was ever sent is there all the same.
            self._ledger = Ledger(same, {path: host for path, (host, _) in wanted.items()})
            self._obsolete = gone
            for path, (host, _) in wanted.items():
                if path not in same:
                    self._touched.setdefault(host, self._begun_s)
            if not self.pending:
                self._cause, self._quiet_acts = "", False

        self._workers.begin(lambda: found_in(self._scene, self.container.id, wanted, self._sources.contents), looked)

    def _sent(self, answer: Delivered | BaseException, batch: Batch, began_s: float) -> None:
        self._busy = False
        now_s = time.monotonic()
        if isinstance(answer, BaseException):
            for path in batch.put.values():
                self._touched.setdefault(path, began_s)
            self._obsolete = tuple(dict.fromkeys((*self._obsolete, *batch.delete)))
            self._failed(answer)
            return
        sources = self._ledger.sources
        stood = {path: sources[path] for path in (*batch.put, *batch.delete) if path in sources}
        changed = self._ledger.take(answer, batch)
        for path in answer.again:
            self._again(batch, stood, path, now_s)
        if answer.again:
            self._not_before_s = now_s + SOON_S
        if again_s := self._failing.take(answer.failed, {*answer.sent, *answer.deleted}):
            self._later.at_s = now_s + again_s
        for path in answer.failed:
            host = batch.put.get(path) or stood.get(path)
            self._later.add(path, host, began_s)
            if path in batch.put:
                # A part of it may be there; should it vanish here, it must there too.
                self._ledger.sources.setdefault(path, batch.put[path])
        self._tell_kept(answer.kept)
        cause, quietly, self._cause, self._quiet_acts = self._cause, self._quiet_acts, "", False
        gone = sorted(changed & answer.deleted)
        written = sorted(changed - answer.deleted)
        files = [path for path in written if answer.sent[path].stamp.kind != "folder"]
        if changed:
            self._scene.tell(
                Synced(
                    self.container.service,
                    self.container.name,
                    tuple((files or written or gone)[:_NAMED]),
                    len(files),
                    len(written) - len(files),
                    len(gone),
                    answer.size,
                    answer.seconds if cause else now_s - began_s,
                    cause,
                )
            )
        if changed and not quietly:
            hosts = (held[path] for path in changed for held in (batch.put, stood) if path in held)
            self._acted(self, frozenset(hosts))

    def _tell_kept(self, folders: frozenset[str]) -> None:
        for path in sorted(folders):
            if dirname(path) not in folders:
                self._scene.tell(Note(f"{self.container.name}: {path} {_KEPT}"))

    def _again(self, batch: Batch, stood: Mapping[str, str], path: str, now_s: float) -> None:
        if path in batch.put:
            self._touched.setdefault(batch.put[path], now_s)
        elif path in stood:
            self._touched.setdefault(stood[path], now_s)
        else:
            self._obsolete = (*self._obsolete, path)

    def _failed(self, error: BaseException) -> None:
        """The whole of it: the container is gone, or the engine is."""
        if isinstance(error, ContainerGone):
            self.lost = True
        elif isinstance(error, EngineError):
            # Told by who listens to it; everything is looked at again when it is back.
            self._not_before_s = time.monotonic() + AGAIN_S
        elif isinstance(error, SeatrialError):
            self._not_before_s = time.monotonic() + self._failing.take({"": error.what}, ())
        else:
            raise error
