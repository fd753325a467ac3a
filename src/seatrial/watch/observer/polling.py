"""Folders that tell nothing are listed again and again."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

from seatrial.watch.observer.hint import Hint
from seatrial.watch.stamp import Stamp, stamp

if TYPE_CHECKING:
    from seatrial.watch.observer.hint import Tell

SHARE = 10  # of the time at the most one in so many parts is spent listing


class Poller:
    """Tells of what has another stamp than at the last look; its thread starts with the first folder.

    Args:
        tell: called from that thread.
        poll_s: seconds between two looks; more where a look takes longer than a tenth of it.
    """

    def __init__(self, tell: Tell, poll_s: float) -> None:
        self._tell = tell
        self._poll_s = poll_s
        self._seen: dict[str, dict[str, Stamp | None]] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def folders(self) -> int:
        return len(self._seen)

    def add(self, folder: str) -> bool:
        """Poll this folder from now on; whether it was not polled before."""
        with self._lock:
            if folder in self._seen:
                return False
            self._seen[folder] = _listing(folder) or {}
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="seatrial-poller", daemon=True)
                self._thread.start()
        return True

    def discard(self, folder: str) -> None:
        with self._lock:
            self._seen.pop(folder, None)

    def close(self) -> None:
        self._closed.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        pause_s = self._poll_s
        while not self._closed.wait(pause_s):
            began = time.monotonic()
            for folder in list(self._seen):
                if self._closed.is_set():
                    return
                self._look(folder)
            pause_s = max(self._poll_s, SHARE * (time.monotonic() - began))

    def _look(self, folder: str) -> None:
        now = _listing(folder)
        with self._lock:
            before = self._seen.get(folder)
            if before is None:
                return
            if now is None:
                del self._seen[folder]
            else:
                self._seen[folder] = now
        if now is None:
            self._tell(Hint(folder, "gone"))
            return
        prefix = folder if folder.endswith("/") else folder + "/"
        for name in before.keys() - now.keys():
            self._tell(Hint(prefix + name, "gone"))
        for name, found in now.items():
            if name not in before or before[name] != found:
                self._tell(Hint(prefix + name, "written"))


def _listing(folder: str) -> dict[str, Stamp | None] | None:
    """Name -> stamp, None for what has none; None for a folder that is gone."""
    found: dict[str, Stamp | None] = {}
    try:
        with os.scandir(folder) as listing:
            for entry in listing:
                try:
                    found[entry.name] = stamp(entry.stat(follow_symlinks=False))
                except OSError:
                    found[entry.name] = None
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return {}
    return found
