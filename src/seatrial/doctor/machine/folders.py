"""How many folders watching a project needs: those below its watch rules that no rule leaves out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# More than any limit allows: who counts further only waits.
MOST = 1_000_000


class Watched(Protocol):
    """A rule of `develop.watch`."""

    @property
    def path(self) -> str:
        """What is watched, a folder or a file, absolute."""
        ...

    def prunes(self, folder: str) -> bool:
        """Whether nothing below the folder can count."""
        ...


def counted(rules: Iterable[Watched]) -> int:
    """The folders below all of these, each once; at most `MOST`. For a file it is the one that it lies in."""
    seen: set[str] = set()
    for rule in rules:
        path = Path(rule.path)
        if not path.is_dir():
            seen |= {str(path.parent)} if path.parent.is_dir() else set()
            continue
        for folder in _walk(rule):
            seen.add(folder)
            if len(seen) >= MOST:
                return MOST
    return len(seen)


def _walk(rule: Watched) -> Iterator[str]:
    waiting = [rule.path]
    while waiting:
        folder = waiting.pop()
        yield folder
        try:
            with os.scandir(folder) as entries:
                waiting += [e.path for e in entries if e.is_dir(follow_symlinks=False) and not rule.prunes(e.path)]
        except OSError:
            continue
