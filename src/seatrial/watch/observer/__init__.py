"""Tells of changed paths, and of every reason not to be sure of them."""

from __future__ import annotations

import errno
import sys
from typing import TYPE_CHECKING, Protocol

from seatrial.watch.observer.filesystems import FileSystems
from seatrial.watch.observer.hint import Hint, Lost
from seatrial.watch.observer.limits import no_watch
from seatrial.watch.observer.polling import Poller

if TYPE_CHECKING:
    from seatrial.errors import WatchLimitReached
    from seatrial.watch.observer.hint import Tell

__all__ = ["POLL_S", "Hint", "Lost", "Observer"]

POLL_S = 1.0


class Source(Protocol):
    """Where events come from; `enter` raises OSError with ENOSPC where no further folder can be watched."""

    @property
    def watches(self) -> int: ...
    def enter(self, folder: str) -> bool: ...
    def guard(self, path: str) -> None: ...
    def leave(self, folder: str) -> None: ...
    def trouble(self) -> str | None: ...
    def close(self) -> None: ...


class Observer:
    """Tells of changed paths in the folders that were entered; what it cannot be sure of it calls Lost.

    After a Lost all folders are to be entered again, which is what `Tree.scan` does.

    Args:
        tell: called from threads of the observer; it must not block for long.
        poll_s: seconds between two looks at folders whose file system tells nothing.

    Raises:
        WatchLimitReached: no inotify instance can be had.
    """

    def __init__(self, tell: Tell, *, poll_s: float = POLL_S) -> None:
        self._tell = tell
        self._systems = FileSystems()
        self._poller = Poller(tell, poll_s)
        self._unwatched: set[str] = set()
        self._polled: dict[str, str] = {}  # type of file system -> the first folder on one
        self._source = self._start()

    def enter(self, folder: str) -> bool:
        """Watch this folder, not what is below it. Returns whether it was not watched before, so again is harmless."""
        kind = self._systems.silent(folder)
        if kind:
            self._polled.setdefault(kind, folder)
            self._poller.add(folder)
        try:
            new = self._source.enter(folder)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            self._unwatched.add(folder)
            return self._poller.add(folder)
        self._unwatched.discard(folder)
        return new

    def guard(self, path: str) -> None:
        """Tell when this path, which may not be there, comes or goes; nothing else of the folder that it is in."""
        try:
            self._source.guard(path)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise

    def leave(self, folder: str) -> None:
        """Watch this folder no more."""
        self._source.leave(folder)
        self._poller.discard(folder)
        self._unwatched.discard(folder)

    @property
    def watches(self) -> int:
        """How many the system holds for us, the canary's not counted."""
        return self._source.watches

    @property
    def polled(self) -> dict[str, str]:
        """Types of file systems that have to be polled -> a folder on such a one, to be told once."""
        return dict(self._polled)

    @property
    def shortage(self) -> WatchLimitReached | None:
        """What is to be said of folders that are polled because no watch was left for them; else None."""
        return no_watch(self.watches, len(self._unwatched)) if self._unwatched else None

    def check(self) -> None:
        """The heartbeat, for every two seconds or so: what cannot be relied on is replaced, and Lost told."""
        reason = self._source.trouble()
        if reason is not None:
            self._source.close()
            self._source = self._start()
            self._tell(Lost(reason))

    def close(self) -> None:
        self._source.close()
        self._poller.close()

    def _start(self) -> Source:
        # What reads the events loads watchdog, and only whoever watches does.
        if sys.platform == "linux":
            from seatrial.watch.observer.inotify import Inotify

            return Inotify(self._tell)
        from seatrial.watch.observer.elsewhere import Elsewhere

        return Elsewhere(self._tell)
