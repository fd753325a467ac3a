"""One rule of `develop.watch`, as a value."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from seatrial.watch.sieve import Sieve

# Those of the Compose specification.
ACTIONS = ("sync", "rebuild", "restart", "sync+restart", "sync+exec")


@dataclass(frozen=True, slots=True)
class Hook:
    """What `sync+exec` runs in the container. `environment` is KEY=VALUE."""

    command: tuple[str, ...]
    user: str = ""
    working_dir: str = ""
    privileged: bool = False
    environment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        service: the service that it is about.
        action: sync, rebuild, restart, sync+restart or sync+exec.
        path: what is watched, absolute; a folder or a file, which may be missing.
        target: where it goes in the container, absolute; "" where nothing is synced.
        sieve: what below `path` counts.
        hook: what is run after a sync.
        initial_sync: whether the container is brought to equality before anything has changed.
        into: whether a file that comes to be at `path` goes into the folder `target`.
        number: which rule of its service it is, from 1; 0 is one of ours (`--all`).
    """

    service: str
    action: str
    path: str
    target: str = ""
    sieve: Sieve = field(default_factory=Sieve)
    hook: Hook | None = None
    initial_sync: bool = False
    number: int = 0
    into: bool = False

    @property
    def syncs(self) -> bool:
        return bool(self.target)

    def covers(self, path: str) -> bool:
        """Whether this is the watched path or lies below it."""
        return path.startswith(self.path) and path[len(self.path) : len(self.path) + 1] in {"", "/"}

    def wants(self, path: str, *, folder: bool) -> bool:
        """Whether it counts."""
        return self.covers(path) and self.sieve.wants(path, folder=folder)

    def prunes(self, folder: str) -> bool:
        """Whether nothing below the folder can ever count."""
        if self.covers(folder):
            return self.sieve.prunes(folder)
        return not self.path.startswith(folder.rstrip("/") + "/")

    def lands(self, path: str) -> str:
        """Where a path that is covered goes in the container."""
        if path == self.path:
            return posixpath.join(self.target, posixpath.basename(path)) if self.into else self.target
        return posixpath.join(self.target, path[len(self.path) + 1 :])

    def origin(self, lands: str) -> str | None:
        """The path on the host that goes to this place in the container; None where the rule puts nothing there."""
        rest = lands[len(self.target) :].lstrip("/") if lands.startswith(self.target) else ""
        candidates = (self.path, posixpath.join(self.path, rest))
        return next((path for path in candidates if self.lands(path) == lands), None)
