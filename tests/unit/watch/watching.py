"""A tree and an observer on real folders, and the way to know that every event so far has arrived."""

from __future__ import annotations

import itertools
import queue
from typing import TYPE_CHECKING

from seatrial.watch.observer import Hint, Lost, Observer
from seatrial.watch.rule import Rule
from seatrial.watch.sieve import Sieve
from seatrial.watch.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LIMIT_S = 20.0


def rule(path: Path, sieve: Sieve | None = None) -> Rule:
    return Rule("web", "sync", str(path), "/app", sieve or Sieve(str(path)))


class Watching:
    """What the session does with hints, without the sending.

    Args:
        tidings: a folder of its own, in which a file is made to mark the end of what has happened so far.
        rules: what counts.
        poll_s: as for the observer.
    """

    def __init__(self, tidings: Path, rules: Sequence[Rule], *, poll_s: float = 1.0) -> None:
        tidings.mkdir(exist_ok=True)
        self.mailbox: queue.SimpleQueue[Hint | Lost] = queue.SimpleQueue()
        self.observer = Observer(self.mailbox.put, poll_s=poll_s)
        self.tree = Tree(rules, self.observer.enter, leave=self.observer.leave, guard=self.observer.guard)
        self.lost: list[str] = []
        self.hints: list[Hint] = []
        self._rules = rules
        self._tidings = tidings
        self._marks = itertools.count()
        self._paths: set[str] = set()
        self.observer.enter(str(tidings))
        self.tree.scan()

    def settle(self) -> set[str]:
        """Take every hint of what happened before this call; the paths that changed."""
        changed: set[str] = set()
        while not self._take_up_to_a_mark(changed):
            pass
        return changed

    def _take_up_to_a_mark(self, changed: set[str]) -> bool:
        self.observer.enter(str(self._tidings))
        mark = self._tidings / str(next(self._marks))
        mark.touch()
        while True:
            told = self.mailbox.get(timeout=LIMIT_S)
            if isinstance(told, Lost):
                self.lost.append(told.reason)
                changed |= self.tree.scan()
                return False
            if told.path == str(mark):
                changed |= self.tree.refresh(self._paths)
                self._paths.clear()
                return True
            if not told.path.startswith(str(self._tidings)):
                self._note(told)

    def wait_for(self, path: Path, kind: str) -> None:
        while True:
            told = self.mailbox.get(timeout=LIMIT_S)
            assert isinstance(told, Hint), told
            self._note(told)
            if told == Hint(str(path), kind):
                return

    def _note(self, hint: Hint) -> None:
        self.hints.append(hint)
        self._paths.add(hint.path)

    def kinds(self, path: Path) -> list[str]:
        """What has been told of one path, in order."""
        return [hint.kind for hint in self.hints if hint.path == str(path)]

    def assert_equal(self) -> None:
        """The tree is what somebody sees who looks for the first time."""
        afresh = Tree(self._rules)
        afresh.scan()
        assert self.tree.entries == afresh.entries

    def close(self) -> None:
        self.observer.close()
