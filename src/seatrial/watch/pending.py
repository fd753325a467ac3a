"""What was touched and waits to be sent, and for how long it is left alone first. Pure but for what it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

    from seatrial.watch.observer import Hint

# An ordinary save: it is closed, or was renamed to where it belongs. Long enough for a second file of the same save.
QUIET_S = 0.010
# Gone: editors that rename a file away bring it back.
GONE_S = 0.060
# More than a person saves: a branch is switched, code is generated.
STORM = 100
STORM_S = 0.150
# However long it goes on, nothing waits for longer than this.
LONGEST_S = 1.0
LONGEST_STORM_S = 3.0
# Written to and not closed: whoever holds it open goes on in a moment, or for hours, as a log does.
WRITING_S = 0.050
LONGEST_WRITING_S = 2.0
# While git holds its lock the tree is between two states.
LOCKED_S = 0.050
LONGEST_LOCKED_S = 15.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """Hints that wait, in seconds of one clock.

    Attributes:
        first_s, last_s: when the first and the last of them came.
        count: how many paths.
        gone: whether something that was there is gone.
        locked: whether git is at work.
    """

    first_s: float
    last_s: float
    count: int
    gone: bool = False
    locked: bool = False


class Taken(NamedTuple):
    """Paths that are to be looked at, and when the first of them was touched."""

    paths: set[str]
    since_s: float


def due_at(waiting: Waiting) -> float:
    """When these are sent, if nothing more happens. Pure."""
    if waiting.locked:
        return min(waiting.last_s + STORM_S, waiting.first_s + LONGEST_LOCKED_S)
    if waiting.count > STORM:
        return min(waiting.last_s + STORM_S, waiting.first_s + LONGEST_STORM_S)
    return min(waiting.last_s + (GONE_S if waiting.gone else QUIET_S), waiting.first_s + LONGEST_S)


class Pending:
    """The hints since the last batch, the newest for each path. A file that is held open keeps nothing else back."""

    def __init__(self) -> None:
        self._whole: dict[str, str] = {}
        self._first_s = self._last_s = 0.0
        # By path that is being written to: when that began, and when it was last seen.
        self._writing: dict[str, tuple[float, float]] = {}

    def __len__(self) -> int:
        return len(self._whole) + len(self._writing)

    def add(self, hint: Hint, now_s: float) -> None:
        """A hint that came at `now_s`."""
        if hint.kind == "writing":
            first_s, _ = self._writing.get(hint.path, (now_s, now_s))
            self._writing[hint.path] = (first_s, now_s)
            return
        self._writing.pop(hint.path, None)
        if not self._whole:
            self._first_s = now_s
        self._whole[hint.path] = hint.kind
        self._last_s = now_s

    def due_at(self, known: Collection[str], *, locked: bool) -> float | None:
        """When something is to be taken, if nothing more happens; None while there is nothing.

        Args:
            known: paths that were there; what came and went in between is nobody's loss.
            locked: whether git is at work.
        """
        due = [_written_at(*times) for times in self._writing.values()]
        if self._whole:
            due.append(self._whole_at(known, locked=locked))
        return min(due, default=None)

    def take(self, known: Collection[str], now_s: float, *, locked: bool) -> Taken:
        """Those that are due at `now_s`, which from then on are somebody else's."""
        written = [path for path, times in self._writing.items() if _written_at(*times) <= now_s]
        since_s = min([now_s, *(self._writing.pop(path)[0] for path in written)])
        if self._whole and self._whole_at(known, locked=locked) <= now_s:
            whole, self._whole = self._whole, {}
            return Taken({*written, *whole}, min(since_s, self._first_s))
        return Taken({*written}, since_s)

    def _whole_at(self, known: Collection[str], *, locked: bool) -> float:
        few = self._whole.items() if len(self._whole) <= STORM else ()
        gone = any(kind == "gone" and path in known for path, kind in few)
        return due_at(Waiting(self._first_s, self._last_s, len(self._whole), gone, locked))


def _written_at(first_s: float, last_s: float) -> float:
    return min(last_s + WRITING_S, first_s + LONGEST_WRITING_S)
