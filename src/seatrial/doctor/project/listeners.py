"""Can the services that run be reached at the ports that are published or known?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.doctor.finding import Finding, ok, warning
from seatrial.engine.inside import opened
from seatrial.lifecycle.unreachable import Unreachable, has_visible_sockets, unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.engine.observed import Snapshot
    from seatrial.stack import Stack


def looked(stack: Stack, snapshot: Snapshot) -> tuple[Unreachable, ...]:
    """Read this machine's /proc, else ask a helper container; `HelperUnavailable` where there can be none."""
    if has_visible_sockets(snapshot):
        return unreachable(stack, snapshot, stack.names)
    with opened(stack.name) as inside:
        return unreachable(stack, snapshot, stack.names, lambda pid, _: inside.sockets(pid))


def judge(found: tuple[Unreachable, ...]) -> Iterator[Finding]:
    for one in found:
        yield warning(
            one.text,
            why="every connection from outside of its container is refused or reset",
            fix=one.port.fix,
            services=(one.service,),
        )
    if not found:
        yield ok("what runs listens where it is to be reached")
