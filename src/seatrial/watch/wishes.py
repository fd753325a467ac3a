"""Services that are to be acted on, each with the paths it is for; those that wake themselves are held back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from seatrial.watch.flap import Flap
from seatrial.watch.happenings import Held

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable


class Wishes:
    """What waits for the same kind of act; called in the loop. `tell` is told of what is held."""

    def __init__(self, tell: Callable[[Held], None]) -> None:
        self._tell = tell
        self._wanted: dict[str, dict[str, None]] = {}
        self._since_s: dict[str, float] = {}
        self._flaps: dict[str, Flap] = {}
        self._held_until_s: dict[str, float] = {}

    @property
    def wanted(self) -> tuple[str, ...]:
        """The services that are to be acted on."""
        return tuple(self._wanted)

    @property
    def since_s(self) -> dict[str, float]:
        """By service that is to be acted on, when that was wanted first."""
        return {name: self._since_s[name] for name in self._wanted}

    def want(self, service: str, paths: Iterable[str]) -> None:
        """These paths have changed."""
        if service not in self._wanted:
            self._since_s[service] = time.monotonic()
        self._wanted.setdefault(service, {}).update(dict.fromkeys(paths))

    def only(self, services: Collection[str]) -> None:
        """Nothing is wanted of others."""
        self._wanted = {name: paths for name, paths in self._wanted.items() if name in services}

    def due_at(self, busy: Collection[str]) -> float | None:
        """When `take` has something to give; None while it has not."""
        return min((self._held_until_s.get(name, 0.0) for name in self._wanted if name not in busy), default=None)

    def take(self, busy: Collection[str], now_s: float) -> dict[str, tuple[str, ...]]:
        """By service that is not `busy` and not held, the paths; from now on they are somebody else's."""
        ready = [n for n in self._wanted if n not in busy and self._held_until_s.get(n, 0.0) <= now_s]
        return {name: tuple(self._wanted.pop(name)) for name in ready if not self._holds(name, now_s)}

    def _holds(self, name: str, now_s: float) -> bool:
        paths = tuple(self._wanted[name])
        hold_s = self._flaps.setdefault(name, Flap()).consider(paths, now_s)
        if hold_s:
            self._held_until_s[name] = now_s + hold_s
            self._tell(Held(name, paths, hold_s))
        return bool(hold_s)
