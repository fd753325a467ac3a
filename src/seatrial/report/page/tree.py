"""The processes of a container as a tree, and what each does with the stop signal. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.drill.service.anatomy import anatomy, is_init, is_runner, is_shell, program
from seatrial.drill.stop.ended import name_of, number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.drill.recording import Recording, Sample
    from seatrial.engine.inside import Process

_MOST = 60
_ZOMBIE = "Z"


@dataclass(frozen=True, slots=True)
class Node:
    """A process without its arguments, which may be secret.

    Attributes:
        pid: as the container counts.
        takes: what becomes of the stop signal there.
        role: what it is to the service; "" for one that is neither on the way nor at its end.
        on_the_way: from PID 1 to the process that does the work.
    """

    program: str
    pid: int
    uid: int
    takes: str
    role: str
    on_the_way: bool
    children: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """As it was `at_ns`; `left_out` processes more are not shown."""

    at_ns: int
    signal: str
    roots: tuple[Node, ...]
    left_out: int = 0


def tree(recording: Recording, signal_ns: int | None) -> Tree | None:
    """The processes at the last look before the signal; None when nobody looked."""
    taken = _at(recording.samples, signal_ns)
    if taken is None:
        return None
    found = anatomy(taken.processes, taken.sockets or (), recording.port)
    way = {process.pid for process in found.chain}
    worker = found.workload.pid if found.workload else None
    number = number_of(recording.subject.facts.stop_signal)
    shown = sorted(taken.processes, key=lambda process: (process.pid not in way, process.inner_pid))[:_MOST]
    known = {process.pid for process in shown}

    def node(process: Process) -> Node:
        role = "does the work" if process.pid == worker else _role(process) if process.pid in way else ""
        below = sorted((p for p in shown if p.parent == process.pid), key=lambda p: p.inner_pid)
        takes = _takes(process, number)
        uid = process.uid
        return Node(program(process), process.inner_pid, uid, takes, role, process.pid in way, tuple(map(node, below)))

    roots = tuple(node(p) for p in sorted(shown, key=lambda p: p.inner_pid) if p.parent not in known)
    return Tree(taken.at_ns, name_of(number), roots, len(taken.processes) - len(shown))


def _at(samples: Sequence[Sample], signal_ns: int | None) -> Sample | None:
    known = [sample for sample in samples if sample.processes]
    before = [sample for sample in known if signal_ns is None or sample.at_ns <= signal_ns]
    return before[-1] if before else next(iter(known), None)


def _role(process: Process) -> str:
    if is_init(process):
        return "init"
    if is_runner(process):
        return "package manager or watcher"
    return "shell" if is_shell(process) else ""


def _takes(process: Process, number: int) -> str:
    """By the kernel's masks."""
    name = name_of(number)
    if process.state == _ZOMBIE:
        return "ended, not reaped (zombie)"
    if is_init(process):
        return f"an init: passes {name} on to its child"
    if process.catches(number):
        return f"has a handler for {name}"
    if process.blocked >> (number - 1) & 1:
        return f"waits for {name} itself (blocked)"
    if process.ignores(number):
        return f"ignores {name}"
    return f"no handler: the kernel drops {name} for PID 1" if process.inner_pid == 1 else f"{name} ends it"
