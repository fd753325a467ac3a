"""Containers that end by themselves while they are watched: told, and told again when they do it over and over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatrial.engine.observed import Event

# One end is told at once, a series when it is one, and then only now and then.
_TOLD_AT = frozenset((1, 3, 10, 30, 100, 300, 1000))
# An end so soon after a signal of somebody else's is their doing.
_SIGNAL_NS = 120 * 10**9


@dataclass(slots=True)
class Crashes:
    """Ends since the last save, by service. Pure but for what it keeps."""

    _ends: dict[str, int] = field(default_factory=dict)
    _signalled_ns: dict[str, int] = field(default_factory=dict)

    def saved(self, service: str) -> None:
        """Something that is meant to mend it: count anew."""
        self._ends.pop(service, None)

    def happened(self, event: Event) -> tuple[int, int] | None:
        """The exit code, and how many ends there were since the last save, when this is an end worth telling."""
        if event.action in ("kill", "stop"):
            self._signalled_ns[event.container_id] = event.time_ns
        if event.action != "die":
            return None
        signalled_ns = self._signalled_ns.pop(event.container_id, None)
        if signalled_ns is not None and event.time_ns - signalled_ns < _SIGNAL_NS:
            return None
        code = int(event.attributes.get("exitCode", "0") or 0)
        if code == 0:
            return None
        ends = self._ends[event.service] = self._ends.get(event.service, 0) + 1
        return (code, ends) if ends in _TOLD_AT else None
