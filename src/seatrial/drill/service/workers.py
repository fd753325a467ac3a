"""As whom the work is done: a server's master may be root to open its port, what counts is its workers. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.service.anatomy import anatomy, is_init, is_runner, is_shell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.drill.recording import Sample
    from seatrial.engine.inside import Process

ROOT = 0
_ZOMBIE = "Z"


def workers(sample: Sample, port: int | None) -> tuple[Process, ...]:
    """Who answers at the port, or at any port: of a master and its workers the workers. Without a listener the
    workload and its children, those at the ends; () when nothing ran.
    """
    known = {process.pid: process for process in sample.processes if process.state != _ZOMBIE}
    listening = [s for s in sample.sockets or () if s.state == "LISTEN"]
    wanted = [s for s in listening if s.local_port == port] or listening
    owners = {pid: known[pid] for s in wanted for pid in s.owners if pid in known}
    if owners:
        return _ends(owners)
    found = anatomy(sample.processes)
    if found.workload is None:
        return ()
    below = {found.workload.pid: found.workload}
    for process in sorted(known.values(), key=lambda process: process.start_ticks):
        if process.parent in below:
            below[process.pid] = process
    ends = _ends(below)
    return tuple(p for p in ends if not (is_init(p) or is_shell(p) or is_runner(p))) or ends


def uid(found: Sequence[Process]) -> int | None:
    """That of the mightiest of them; None when there are none."""
    return min((process.uid for process in found), key=lambda number: (number != ROOT, number), default=None)


def _ends(group: dict[int, Process]) -> tuple[Process, ...]:
    parents = {process.parent for process in group.values()}
    return tuple(process for process in group.values() if process.pid not in parents)
