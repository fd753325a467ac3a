"""The side of the host: what is touched, when it is looked at, and what has changed then."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.watch.adoption import carried
from seatrial.watch.contents import Contents
from seatrial.watch.git import Git
from seatrial.watch.happenings import Looked, Note
from seatrial.watch.observer import Hint, Observer
from seatrial.watch.pending import LOCKED_S, Pending, Taken
from seatrial.watch.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from seatrial.watch.observer import Lost
    from seatrial.watch.rule import Rule
    from seatrial.watch.scene import Scene

HEARTBEAT_S = 2.0
# Should something be missed in a way that nobody thought of, it is made good then.
LOOK_AGAIN_S = 300.0


class Sources:
    """What the rules are about, on disk. Noticed from here on.

    Args:
        scene: the project.
        remembered: paths that were there once.
        tell: called with every hint, from the observer's thread.

    Attributes:
        ever: all paths that were there at any time.
        contents: what is known of what files hold.
    """

    def __init__(self, scene: Scene, remembered: Iterable[str], tell: Callable[[Hint | Lost], None]) -> None:
        self._scene = scene
        self.observer = Observer(tell)
        self._entered: set[str] = set()
        self._told: set[str] = set()
        self.tree = self._scanned()
        self.ever = {path for path in remembered if any(rule.covers(path) for rule in scene.rules)}
        self.ever |= self.tree.entries.keys()
        self.contents = Contents()
        self.contents.prime(self.tree.entries, self._of_acting(scene.rules))
        self._pending = Pending()
        self._git = Git(rule.path for rule in scene.rules)
        self._beat_s = time.monotonic() + HEARTBEAT_S
        self._look_s = time.monotonic() + LOOK_AGAIN_S

    def close(self) -> None:
        self.observer.close()

    @property
    def pending(self) -> int:
        return len(self._pending)

    @property
    def gone(self) -> set[str]:
        """What was there once, and is not now."""
        return self.ever - self.tree.entries.keys()

    def adopt(self, scene: Scene) -> set[str]:
        """Look at what other rules are about from here on; the paths that changed on disk just now."""
        old, before, entered = self._scene.rules, self.tree, self._entered
        known = {*self._of_acting(old)}
        self._scene, self._entered = scene, set()
        self.tree = self._scanned()
        for folder in entered - self._entered:
            self.observer.leave(folder)
        self.ever |= self.tree.entries.keys()
        # What counted before is left as it was read: it may have changed, and nobody has asked yet.
        self.contents.prime(self.tree.entries, [path for path in self._of_acting(scene.rules) if path not in known])
        self._git = Git(rule.path for rule in scene.rules)
        return carried(before.entries, self.tree.entries, old, scene.rules)

    def add(self, hint: Hint) -> None:
        """Something was touched just now; what counts for no rule keeps no save waiting."""
        if self._counts(hint.path):
            whole = hint.kind == "writing" and Path(hint.path).is_symlink()  # links are made in one step
            self._pending.add(Hint(hint.path, "written") if whole else hint, time.monotonic())

    def due_at(self, now_s: float) -> float:
        """When `beat` or `changed` has something to do."""
        locked = self._locked()
        pending_s = self._pending.due_at(self.tree.entries, locked=locked)
        if pending_s is not None and locked:
            pending_s = min(max(pending_s, now_s), now_s + LOCKED_S)  # nobody tells when git lets go
        return min(at for at in (pending_s, self._beat_s, self._look_s) if at is not None)

    def changed(self, now_s: float) -> Taken:
        """What has changed of all that was touched and is due, and when the first of it was touched."""
        touched = self._pending.take(self.tree.entries, now_s, locked=self._locked())
        found = self.tree.refresh(touched.paths) if touched.paths else set()
        self.ever |= found & self.tree.entries.keys()
        if now_s >= self._look_s:
            return Taken(found | self.look(""), touched.since_s)
        return Taken(found, touched.since_s)

    def look(self, reason: str) -> set[str]:
        """What has changed of everything; a `reason` is told."""
        began_s = time.monotonic()
        found = self.tree.scan()
        self.ever |= found & self.tree.entries.keys()
        self._look_s = time.monotonic() + LOOK_AGAIN_S
        if reason:
            self._scene.tell(Looked(reason, len(found), time.monotonic() - began_s))
        return found

    def beat(self, now_s: float) -> bool:
        """See whether the observer is alive, now and then; whether it was time for that."""
        if now_s < self._beat_s:
            return False
        self.observer.check()
        self._beat_s = now_s + HEARTBEAT_S
        return True

    def tell_limits(self) -> None:
        """What is not watched as it should be; each once."""
        for note in self._limits():
            if note.text not in self._told:
                self._told.add(note.text)
                self._scene.tell(note)

    def _limits(self) -> Iterator[Note]:
        for path, reason in self.tree.unreadable.items():
            yield Note(f"{path} cannot be read and is not watched: {reason}", grave=True)
        for rule in self._scene.rules:
            if rule.path not in self.tree.entries and not Path(rule.path).exists():
                yield Note(f"{rule.path} ({rule.service}) is not there; it counts once it is", grave=True)
        for kind, folder in self.observer.polled.items():
            yield Note(f"{folder} is on {kind}, which tells of no change: it is looked at now and then")
        shortage = self.observer.shortage
        if shortage:
            yield Note(f"{shortage.what}; the rest is looked at now and then\n  fix: {shortage.fix}", grave=True)

    def _scanned(self) -> Tree:
        tree = Tree(self._scene.rules, self._enter, leave=self._leave, guard=self.observer.guard)
        tree.scan()
        return tree

    def _enter(self, folder: str) -> bool:
        self._entered.add(folder)
        return self.observer.enter(folder)

    def _leave(self, folder: str) -> None:
        self._entered.discard(folder)
        self.observer.leave(folder)

    def _of_acting(self, rules: Iterable[Rule]) -> list[str]:
        """Paths in the tree for which something is done that is no sync."""
        acting = [rule for rule in rules if not rule.syncs]
        return [path for path in self.tree.entries if any(rule.covers(path) for rule in acting)]

    def _counts(self, path: str) -> bool:
        """Whether it may lead to something: no rule says that it never does, or none has to do with it."""
        if path in self.tree.entries:
            return True
        covering = [rule for rule in self._scene.rules if rule.covers(path)]
        # As a folder it may be on the way to what counts; what is told of folders on the way to a root counts, too.
        return not covering or any(rule.wants(path, folder=False) or not rule.prunes(path) for rule in covering)

    def _locked(self) -> bool:
        return bool(len(self._pending)) and self._git.busy
