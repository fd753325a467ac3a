"""Who waited for whom until the stack was up: the one chain that a start cannot be shorter than. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.lifecycle.timing import Times
    from seatrial.stack import Dependency, Stack


@dataclass(frozen=True, slots=True)
class Link:
    """A service on the path: `start_s` after the beginning its time had come, `took_s` until it was ready.

    Where the next one waited for its start only, `took_s` ends there.
    """

    service: str
    start_s: float
    took_s: float

    def __str__(self) -> str:
        return f"{self.service} @{self.start_s:.1f} +{self.took_s:.1f} s"


def critical_path(stack: Stack, times: Mapping[str, Times]) -> tuple[Link, ...]:
    """The links from the first that was started to the last that was ready; empty when nothing was started."""
    ready = {name: found.ready for name, found in times.items() if found.ready is not None}
    if not ready:
        return ()
    last = max(ready, key=lambda name: ready[name])
    return tuple(reversed(list(_backwards(stack, times, last, ready[last]))))


def _backwards(stack: Stack, times: Mapping[str, Times], name: str, until_s: float) -> Iterator[Link]:
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        held = [(at, edge) for edge in stack.service(name).depends_on if (at := _held_until(edge, times)) is not None]
        free_s, before = max(held, key=lambda pair: pair[0], default=(None, None))
        begun = times[name].created if free_s is None else free_s
        start_s = min(begun or 0.0, until_s)
        yield Link(name, start_s, until_s - start_s)
        if before is None or free_s is None:
            return
        name, until_s = before.service, free_s


def _held_until(edge: Dependency, times: Mapping[str, Times]) -> float | None:
    """When a dependency let its dependents go; None when it was so before."""
    found = times.get(edge.service)
    if found is None:
        return None
    return found.started if edge.condition == "service_started" else found.ready
