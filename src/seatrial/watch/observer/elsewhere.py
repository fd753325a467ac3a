"""Where there is no inotify: watchdog's own observer, which watches what is below a folder on its own."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from posixpath import dirname
from typing import TYPE_CHECKING

from watchdog import events
from watchdog.observers import Observer as Watchdog

from seatrial.watch.observer.canary import Canary
from seatrial.watch.observer.hint import Hint
from seatrial.watch.observer.storm import Storm

if TYPE_CHECKING:
    from watchdog.observers.api import ObservedWatch

    from seatrial.watch.observer.hint import Tell

PATIENCE_S = 5.0  # FSEvents collects before it tells

_KINDS = {
    events.EVENT_TYPE_CLOSED: "written",
    events.EVENT_TYPE_CREATED: "writing",
    events.EVENT_TYPE_MODIFIED: "writing",
    events.EVENT_TYPE_DELETED: "gone",
}


class Elsewhere(events.FileSystemEventHandler):
    """The same hints from what every system has. `tell` is called from watchdog's thread.

    Folders that no rule wants are watched with the rest: here nothing else can be had cheaply.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._storm = Storm(tell)
        self._failed: Exception | None = None
        self._watches: dict[str, ObservedWatch] = {}  # folder -> watch on all below
        self._guards: dict[str, ObservedWatch] = {}
        self._of_interest: set[str] = set()
        self._nest = tempfile.TemporaryDirectory(prefix="seatrial-canary-", ignore_cleanup_errors=True)
        nest = os.path.realpath(self._nest.name)
        self._bird = str(Path(nest, "canary"))
        self._canary = Canary(self._touch, PATIENCE_S)
        self._observer = Watchdog()
        self._observer.schedule(self, nest)
        self._observer.start()

    @property
    def watches(self) -> int:
        return len(self._watches) + len(self._guards)

    def enter(self, folder: str) -> bool:
        """Watch a folder and all below, unless one above is. Returns True: whether it is new cannot be told."""
        parent = folder
        while parent not in self._watches:
            if parent == (parent := dirname(parent)):
                break
        else:
            return True
        if (watch := self._schedule(folder, recursive=True)) is not None:
            self._watches[folder] = watch
        return True

    def guard(self, path: str) -> None:
        """Tell when this path comes or goes."""
        folder = dirname(path)
        self._of_interest.add(path)
        if folder not in self._guards and (watch := self._schedule(folder, recursive=False)) is not None:
            self._guards[folder] = watch

    def leave(self, folder: str) -> None:
        """Watch a folder no more: one that was replaced is another to the system."""
        if (watch := self._watches.pop(folder, None)) is not None:
            self._observer.unschedule(watch)

    def trouble(self) -> str | None:
        """Why this observer cannot be relied on any more; None when it can."""
        if not self._observer.is_alive() or not all(emitter.is_alive() for emitter in self._observer.emitters):
            return "a thread of the observer ended"
        if self._failed is not None:
            return f"an event could not be told ({self._failed!r})"
        return None if self._canary.sings() else "the observer is silent"

    def close(self) -> None:
        self._observer.stop()
        self._observer.join()
        self._storm.close()
        self._nest.cleanup()

    def dispatch(self, event: events.FileSystemEvent) -> None:
        """Called by watchdog."""
        try:
            self._take(event)
        except Exception as error:  # noqa: BLE001  it would end watchdog's thread: the next pulse tells
            self._failed = error

    def _take(self, event: events.FileSystemEvent) -> None:
        path = os.fsdecode(event.src_path)
        if path == self._bird:
            self._canary.hear()
        elif event.event_type == events.EVENT_TYPE_MOVED:
            self._hint(path, "gone")
            self._hint(os.fsdecode(event.dest_path), "written")
        elif event.event_type in _KINDS:
            folder_made = event.is_directory and event.event_type == events.EVENT_TYPE_CREATED
            self._hint(path, "written" if folder_made else _KINDS[event.event_type])

    def _touch(self) -> None:
        Path(self._bird).write_bytes(b".")

    def _hint(self, path: str, kind: str) -> None:
        if kind == "writing":
            self._storm.writing(path)
        else:
            self._storm.settled(path)
            self._tell(Hint(path, kind))

    def _schedule(self, folder: str, *, recursive: bool) -> ObservedWatch | None:
        try:
            return self._observer.schedule(self, folder, recursive=recursive)
        except OSError:
            return None
