"""Linux: one inotify instance, one reader, one watch per folder that is of use."""

from __future__ import annotations

import errno
import itertools
import logging
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname
from typing import TYPE_CHECKING, ClassVar

from watchdog.observers.inotify_c import CallbackId, InotifyConstants, InotifyEvent, InotifyFD, Mask, WatchDescriptor

from seatrial.watch.observer.canary import GRACE_S, Canary
from seatrial.watch.observer.hint import Hint, Lost
from seatrial.watch.observer.limits import no_instance
from seatrial.watch.observer.storm import Storm

if TYPE_CHECKING:
    from seatrial.watch.observer.hint import Tell

_GONE = (
    InotifyConstants.IN_MOVED_FROM
    | InotifyConstants.IN_DELETE
    | InotifyConstants.IN_DELETE_SELF
    | InotifyConstants.IN_MOVE_SELF
)
_WRITTEN = InotifyConstants.IN_CLOSE_WRITE | InotifyConstants.IN_MOVED_TO
_WRITING = InotifyConstants.IN_CREATE | InotifyConstants.IN_MODIFY
_HOW = InotifyConstants.IN_ONLYDIR | InotifyConstants.IN_EXCL_UNLINK | InotifyConstants.IN_MASK_ADD
_NAMES = (
    InotifyConstants.IN_CREATE
    | InotifyConstants.IN_DELETE
    | InotifyConstants.IN_MOVED_FROM
    | InotifyConstants.IN_MOVED_TO
)


class _Reader(InotifyFD):
    """watchdog's reader, which keeps what it died of instead of printing it."""

    died_of: Exception | None = None

    def run(self) -> None:
        try:
            super().run()
        except Exception as error:  # noqa: BLE001  whatever it was: the next pulse tells
            self.died_of = error


@dataclass(frozen=True, slots=True)
class _Place:
    """What one watch stands for. A folder may have several names: a root that is a link, a bind mount."""

    callback: CallbackId
    entered: tuple[str, ...] = ()
    guarded: tuple[str, ...] = ()  # told of only where the name in it is of interest


class Inotify:
    """Watches folders, one at a time. `tell` is called from the reader's thread.

    Raises:
        WatchLimitReached: no further inotify instance can be had.
    """

    _ENTER: ClassVar[Mask] = Mask(_GONE | _WRITTEN | _WRITING | InotifyConstants.IN_ATTRIB | _HOW)
    _GUARD: ClassVar[Mask] = Mask(_NAMES | _HOW)

    def __init__(self, tell: Tell) -> None:
        logging.getLogger("watchdog").addHandler(logging.NullHandler())  # its warnings are told by us
        self._tell = tell
        self._storm = Storm(tell)
        self._places: dict[WatchDescriptor, _Place] = {}  # values are replaced, never changed: the reader looks too
        self._watch_of: dict[str, WatchDescriptor] = {}
        self._of_interest: set[str] = set()
        self._ids = itertools.count()
        self._failed: Exception | None = None
        try:
            self._reader = _Reader()
        except OSError as error:
            raise no_instance(error) from error
        self._file = tempfile.TemporaryFile(prefix="seatrial-canary-")  # noqa: SIM115  closed with the observer
        self._canary = Canary(lambda: os.utime(self._file.fileno()))
        self._canary_watch = self._reader.add_callback(
            os.fsencode(f"/proc/self/fd/{self._file.fileno()}"),
            Mask(InotifyConstants.IN_ATTRIB),
            self,
            CallbackId(next(self._ids)),
        )
        self._reader.start()

    @property
    def watches(self) -> int:
        return len(self._places)

    def enter(self, folder: str) -> bool:
        """Watch what happens to the names in a folder, and to the folder itself.

        Returns: whether it was not watched under this name before.

        Raises:
            OSError: ENOSPC, the limit of watches is reached.
        """
        before = self._watch_of.get(folder)
        watch = self._add(folder, self._ENTER)
        if watch != before and before is not None:
            self._unname(before, folder)
        place = self._places.get(watch) if watch is not None else None
        if watch is None or place is None:
            return True  # it is gone, or has just gone
        if folder not in place.entered:
            others = tuple(name for name in place.entered if _same(name, folder))
            for name in set(place.entered) - set(others):  # it was renamed
                self._watch_of.pop(name, None)
            self._places[watch] = _Place(place.callback, (*others, folder), place.guarded)
            self._watch_of[folder] = watch
        return watch != before

    def guard(self, path: str) -> None:
        """Tell when this path comes or goes."""
        folder = dirname(path)
        self._of_interest.add(path)
        watch = self._add(folder, self._GUARD)
        place = self._places.get(watch) if watch is not None else None
        if watch is not None and place is not None and folder not in place.guarded:
            self._places[watch] = _Place(place.callback, place.entered, (*place.guarded, folder))

    def leave(self, folder: str) -> None:
        """Watch a folder no more."""
        watch = self._watch_of.get(folder)
        if watch is not None:
            self._unname(watch, folder)

    def trouble(self) -> str | None:
        """Why this observer cannot be relied on any more; None when it can."""
        if not self._reader.is_alive():
            return f"the reader of file events ended ({self._reader.died_of or 'closed'})"
        if self._failed is not None:
            return f"an event could not be told ({self._failed!r})"
        return None if self._canary.sings() else "the reader of file events is silent"

    def close(self) -> None:
        self._reader.stop()
        self._reader.join(GRACE_S)  # one that hangs is left behind
        self._storm.close()
        self._file.close()

    def on_event(self, event: InotifyEvent) -> None:
        """Called by the reader."""
        try:
            self._take(event)
        except Exception as error:  # noqa: BLE001  it would end the reader: the next pulse tells
            self._failed = error

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:
        """Called by the reader: the folder is no more."""
        place = self._places.pop(wd, None)
        for name in place.entered if place is not None else ():
            if self._watch_of.get(name) == wd:
                self._watch_of.pop(name, None)

    def on_queue_overflow(self) -> None:
        """Called by the reader."""
        self._canary.hear()  # its event may be among the lost ones; the reader lives
        self._tell(Lost("the kernel's queue of file events overflowed"))

    def _take(self, event: InotifyEvent) -> None:
        if event.wd == self._canary_watch:
            self._canary.hear()
            return
        place = self._places.get(event.wd)
        if place is None:
            return
        if event.mask & InotifyConstants.IN_UNMOUNT:
            self._tell(Lost(f"{(*place.entered, *place.guarded)[0]} was unmounted"))
            return
        name = os.fsdecode(event.name)
        for folder in place.entered:
            self._hint(_join(folder, name), event.mask)
        for folder in place.guarded:
            if folder not in place.entered and (path := _join(folder, name)) in self._of_interest:
                self._hint(path, event.mask)

    def _hint(self, path: str, mask: int) -> None:
        if mask & _GONE:
            kind = "gone"
        elif mask & _WRITTEN or (mask & InotifyConstants.IN_CREATE and mask & InotifyConstants.IN_ISDIR):
            kind = "written"
        elif mask & _WRITING:
            if mask & InotifyConstants.IN_CREATE:  # another file than the one that was told of under this name
                self._storm.settled(path)
            self._storm.writing(path)
            return
        else:
            kind = "touched"
        self._storm.settled(path)
        self._tell(Hint(path, kind))

    def _add(self, folder: str, mask: Mask) -> WatchDescriptor | None:
        """A watch on this folder, or None where there is none to be had: it is gone, or closed to us."""
        number = CallbackId(next(self._ids))
        try:
            watch = self._reader.add_callback(os.fsencode(folder), mask, self, number)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise
            return None
        if watch == -1:  # watchdog's way to say EACCES
            return None
        known = self._places.get(watch)
        if known is not None:  # one callback for each watch, or events come twice
            self._reader.remove_callbacks([(watch, known.callback)])
            self._places[watch] = _Place(number, known.entered, known.guarded)
        else:
            self._places[watch] = _Place(number)
        return watch

    def _unname(self, watch: WatchDescriptor, folder: str) -> None:
        if self._watch_of.get(folder) == watch:
            del self._watch_of[folder]
        place = self._places.get(watch)
        if place is None:
            return
        left = tuple(name for name in place.entered if name != folder)
        self._places[watch] = _Place(place.callback, left, place.guarded)
        if not left and not place.guarded:
            self._places.pop(watch, None)
            self._reader.remove_callbacks([(watch, place.callback)])


def _join(folder: str, name: str) -> str:
    if not name:
        return folder
    return f"{folder}{name}" if folder.endswith("/") else f"{folder}/{name}"


def _same(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except OSError:
        return False
