"""The rules of `develop.watch` as values."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.lifecycle.dockerignore import ignored
from seatrial.lifecycle.patterns import Patterns, patterns
from seatrial.watch.sieve import Sieve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from seatrial.stack import Stack


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

    @property
    def syncs(self) -> bool:
        return bool(self.target)

    def covers(self, path: str) -> bool:
        """Whether this is the watched path or lies below it."""
        return path == self.path or path.startswith(self.path.rstrip("/") + "/")

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
        return posixpath.join(self.target, path[len(self.path) + 1 :]) if path != self.path else self.target


def rules(stack: Stack, services: Sequence[str] = (), *, everything: bool = False) -> tuple[Rule, ...]:
    """The rules of the services (all when none is named), in the order of the model.

    Args:
        stack: what Compose resolved.
        services: names; an unknown one raises `UnknownService`.
        everything: a service with a build context and no rules gets one: `rebuild`, on its context.
    """
    models = stack.service_models()
    return tuple(rule for name in stack.chosen(services) for rule in _of_service(name, models[name], everything))


def _of_service(name: str, model: Mapping[str, Any], everything: bool) -> Iterator[Rule]:
    context, out = _context(model.get("build") or {})
    written = (model.get("develop") or {}).get("watch") or []
    for number, text in enumerate(written, 1):
        path = text["path"]
        sieve = Sieve(path, patterns(text.get("ignore") or ()), patterns(text.get("include") or ()), context, out)
        target = text.get("target") or ""
        yield Rule(
            name, text["action"], path, target, sieve, initial_sync=bool(text.get("initial_sync")), number=number
        )
    if everything and not written and context:
        yield Rule(name, "rebuild", context, sieve=Sieve(context, context=context, dockerignore=out))


def _context(build: Mapping[str, Any]) -> tuple[str, Patterns]:
    context = Path(str(build.get("context") or ""))
    if not context.is_absolute():
        return "", Patterns()
    return str(context), ignored(context, context / (build.get("dockerfile") or "Dockerfile"))
