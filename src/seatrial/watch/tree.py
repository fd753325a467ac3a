"""What counts below the roots, as last seen."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import dirname
from typing import TYPE_CHECKING

from seatrial.watch.listing import listing
from seatrial.watch.stamp import Stamp, stamp
from seatrial.watch.way import way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from seatrial.watch.listing import Listing
    from seatrial.watch.rule import Rule

__all__ = ["Stamp", "Tree", "stamp"]


_NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)  # a root may be a link to itself


def _nobody(_: str) -> None:
    pass


def _always(_: str) -> bool:
    return True


def _never(_: str) -> bool:
    return False


@dataclass(slots=True)
class _Look:
    """One scan or refresh."""

    changed: set[str] = field(default_factory=set)
    walked: set[str] = field(default_factory=set)
    sound: dict[str, bool] = field(default_factory=dict)  # folder -> whether it is what it was
    uprooted: set[str] = field(default_factory=set)  # roots that went with a folder; a link in its place may lead there


class Tree:
    """What counts below the roots (the paths of the rules), as last seen.

    Links are entries and are never followed, but for a root that is one: it stands for what it points to.
    What cannot be read is told in `unreadable`, and what was known of it stays: unreadable is not empty.

    Args:
        rules: what counts.
        enter: called for each folder that no rule prunes BEFORE it is listed: who watches from then on misses nothing.
            May answer False: the folder is the one that was entered under this name before. An inode's number does not
            tell, because file systems give it to the next folder at once.
        leave: called for each of these that is gone or does not count any more.
        guard: called for each name on the way to a root, there or not: its coming and going is of interest.

    Attributes:
        entries: absolute path -> stamp, of what a rule wants and of the folders that no rule prunes.
        unreadable: absolute path -> reason.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        enter: Callable[[str], bool | None] = _nobody,
        *,
        leave: Callable[[str], None] = _nobody,
        guard: Callable[[str], None] = _nobody,
    ) -> None:
        self.entries: dict[str, Stamp] = {}
        self.unreadable: dict[str, str] = {}
        self._rules = tuple(rules)
        self._enter, self._leave, self._guard = enter, leave, guard
        self._below: dict[str, set[str]] = {}  # folder -> those of its entries that count
        self._rooted: dict[str, tuple[Rule, ...]] = {}
        self._leads_to: dict[str, set[str]] = {}  # what was looked up on the way -> roots
        for rule in rules:
            self._rooted[rule.path] = (*self._rooted.get(rule.path, ()), rule)

    def scan(self) -> set[str]:
        """Look at everything; the paths that came, went or have another stamp."""
        look = _Look()
        for root in sorted(self._rooted):
            self._root(root, look, _always)
        return self._rooted_again(look)

    def refresh(self, paths: Iterable[str]) -> set[str]:
        """Look at these only; the paths that came, went or have another stamp.

        A folder that is new or another than it was is looked at with everything below it, one that is as it was alone.
        """
        look = _Look()
        for path in sorted(set(paths)):
            for root in sorted(self._leads_to.get(path, ())):
                self._root(root, look, self._is_new)
            if path not in self._rooted and self._matters(path) and self._sound(dirname(path), look):
                self._meet(path, look, self._is_new)
        return self._rooted_again(look)

    def _rooted_again(self, look: _Look) -> set[str]:
        for root in sorted(look.uprooted):
            self._root(root, look, _always)
        return look.changed

    def _is_new(self, folder: str) -> bool:
        return self._enter(folder) is not False

    def _matters(self, path: str) -> bool:
        return path in self.entries or bool(self._open(path)) or self._wanted(path)

    def _open(self, folder: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in self._rules if rule.covers(folder) and not rule.prunes(folder))

    def _wanted(self, path: str) -> bool:
        return any(rule.wants(path, folder=False) for rule in self._rules)

    def _root(self, root: str, look: _Look, again: Callable[[str], bool]) -> None:
        if root in look.walked:
            return
        for name in way(root):
            self._guard(name)
            self._leads_to.setdefault(name, set()).add(root)
        try:
            found = stamp(Path(root).stat())
            if found is not None and found.kind != "folder":
                self._enter(dirname(root))  # a file is told of where its name stands
                found = stamp(Path(root).stat())
        except OSError as error:
            self._missed(root, error, look)
        else:
            self._see(root, found, look, again)

    def _sound(self, folder: str, look: _Look) -> bool:
        """Whether this folder and those on the way are what they were; the first that is not is looked at."""
        if folder not in look.sound:
            look.sound[folder] = self._look_whether_sound(folder, look)
        return look.sound[folder]

    def _look_whether_sound(self, folder: str, look: _Look) -> bool:
        known = self.entries.get(folder)
        if folder in self._rooted:
            self._root(folder, look, _never)
        elif self._open(folder) and self._sound(dirname(folder), look):
            self._meet(folder, look, _never)
        else:
            return False
        return known is not None and known.kind == "folder" and known == self.entries.get(folder)

    def _meet(self, path: str, look: _Look, again: Callable[[str], bool]) -> None:
        try:
            found = stamp(os.lstat(path))
        except OSError as error:
            self._missed(path, error, look)
        else:
            self._see(path, found, look, again)

    def _missed(self, path: str, error: OSError, look: _Look) -> None:
        if error.errno in _NOT_THERE:
            self._drop(path, look)
        else:
            self.unreadable[path] = error.strerror or str(error)

    def _see(self, path: str, found: Stamp | None, look: _Look, again: Callable[[str], bool]) -> None:
        folder = found is not None and found.kind == "folder"
        if found is None or not (self._open(path) if folder else self._wanted(path)):
            self._drop(path, look)
            return
        known = self.entries.get(path)
        blind = self.unreadable.pop(path, None) is not None
        if known is not None and known.kind != found.kind:
            self._drop(path, look)
        self._put(path, found, look)
        if folder and (known != found or blind or again(path)):
            self._walk(path, look)

    def _walk(self, top: str, look: _Look) -> None:
        """Bring all that is below a folder up to date; what is not listed any more is dropped."""
        waiting = [(top, self._open(top))]
        roots: set[str] = set()
        while waiting:
            folder, rules = waiting.pop()
            if folder in look.walked:
                continue
            look.walked.add(folder)
            self._enter(folder)
            try:
                listed = listing(folder, rules, self._rooted)
            except OSError as error:
                self._missed(folder, error, look)
                continue
            self._take(folder, listed, look)
            waiting.extend(listed.inner.items())
            roots |= listed.roots
        for root in roots:
            self._root(root, look, _always)

    def _take(self, folder: str, listed: Listing, look: _Look) -> None:
        self.unreadable.pop(folder, None)
        self.unreadable.update(listed.unreadable)
        there = {*listed.found, *listed.roots, *listed.unreadable}
        for path in self._below.get(folder, set()) - there:
            self._drop(path, look)
        self._below[folder] = there
        for path, found in listed.found.items():
            known = self.entries.get(path)
            if known == found:
                continue
            if known is not None and known.kind != found.kind:
                self._forget(path, look)
            self.entries[path] = found
            look.changed.add(path)

    def _put(self, path: str, found: Stamp, look: _Look) -> None:
        if self.entries.get(path) != found:
            self.entries[path] = found
            look.changed.add(path)
        self._below.setdefault(dirname(path), set()).add(path)

    def _drop(self, path: str, look: _Look) -> None:
        """A path is gone, with all below it."""
        siblings = self._below.get(dirname(path))
        if siblings is not None:
            siblings.discard(path)
        self._forget(path, look)

    def _forget(self, path: str, look: _Look) -> None:
        waiting = [path]
        while waiting:
            gone = waiting.pop()
            self.unreadable.pop(gone, None)
            look.walked.discard(gone)
            look.sound.pop(gone, None)
            if gone in self._rooted:
                look.uprooted.add(gone)
            known = self.entries.pop(gone, None)
            if known is None:
                continue
            look.changed.add(gone)
            if known.kind == "folder":
                waiting.extend(self._below.pop(gone, ()))
                self._leave(gone)
