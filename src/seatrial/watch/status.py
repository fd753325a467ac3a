"""What a watch says of itself in a file, so that others can tell how it is; and who holds the watch of a project."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from seatrial import kept
from seatrial.errors import Busy, UsageError
from seatrial.lifecycle.lock import held, is_held
from seatrial.places import cache

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from seatrial.project import Project
    from seatrial.watch.last import Last
    from seatrial.watch.session import Session

_KIND = "watch"
# Often enough for a person, and no work for a disk.
_EVERY_S = 0.3
_MOST_ERRORS = 20


@dataclass(frozen=True, slots=True)
class Status:
    """How a watch is.

    Attributes:
        process: its id.
        since, last_sync, changed_at: seconds since the epoch.
        files, folders: how many are watched.
        pending: paths that wait to be sent.
        last_change: what was done last, a sync or not: `gateway rebuilt`; "" before the first.
        building: services that are being built.
        restarting: services that are being restarted, or will be.
        engine: why nothing can be sent now; "" when it can.
        log: the file with what a detached watch tells; "" for one at a terminal.
    """

    process: int
    since: float
    services: tuple[str, ...]
    rules: int
    files: int = 0
    folders: int = 0
    last_sync: float | None = None
    last_change: str = ""
    changed_at: float | None = None
    pending: int = 0
    building: tuple[str, ...] = ()
    restarting: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    engine: str = ""
    log: str = ""


def lock_name(name: str) -> str:
    """One watch per project; beside it `up` and drills have their own turn."""
    return f"{name}.watch"


def watched_already(name: str, who: str) -> UsageError:
    """Of project `name`; `who` watches it."""
    return UsageError(
        f"{who} watches project {name} already", fix="`watch.status` tells how it is, `watch.stop` ends it"
    )


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Be the one that watches project `name`. Raises `UsageError` when somebody else does."""
    with ExitStack() as until_the_end:
        try:
            until_the_end.enter_context(held(cache(), lock_name(name), "watch"))
        except Busy as busy:
            raise watched_already(name, busy.process) from None
        yield


def log_of(project: Project, name: str) -> Path:
    """Where a detached watch of this checkout tells what happens."""
    return kept.of_checkout(_KIND, project, name).with_suffix(".log")


def read(project: Project, name: str) -> Status | None:
    """How the watch of this project is; None when there is none, whatever a dead one has left behind."""
    if not is_held(cache(), lock_name(name)):
        return None
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        told: dict[str, Any] = kept.load(kept.of_checkout(_KIND, project, name))
        told.pop("version")
        lists: dict[str, Any] = {key: tuple(told.pop(key)) for key in ("services", "building", "restarting", "errors")}
        found = Status(**told, **lists)
        os.kill(found.process, 0)
        return found
    return None


class Noted:
    """Writes the status of a session when it has changed, not more often than is good."""

    def __init__(self, project: Project, name: str, last: Last, log: str = "") -> None:
        self._file = kept.of_checkout(_KIND, project, name)
        self._since, self._last, self._log = time.time(), last, log
        self._written: Status | None = None
        self._at_s = 0.0

    def __call__(self, session: Session) -> None:
        """Write it, if it is time."""
        now_s = time.monotonic()
        if now_s - self._at_s < _EVERY_S:
            return
        status = self._of(session)
        if status != self._written:
            self._at_s, self._written = now_s, status
            with suppress(OSError):  # a full disk does not stop a watch
                kept.save(self._file, {"version": 1, **asdict(status)})

    def remove(self) -> None:
        """There is no watch any more."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)

    def _of(self, session: Session) -> Status:
        return Status(
            os.getpid(),
            self._since,
            session.scene.services,
            len(session.scene.rules),
            len(session.sources.tree.entries),
            session.sources.observer.watches,
            session.last_sync,
            self._last.change,
            self._last.at,
            session.sources.pending + session.containers.pending,
            session.acting.building,
            session.acting.restarting,
            session.containers.errors[:_MOST_ERRORS],
            session.containers.engine_gone,
            self._log,
        )
