"""Zombies over several looks: those that stay, who should have reaped them, and whether there come more. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.drill.service.anatomy import is_init

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.drill.recording import Sample
    from seatrial.engine.inside import Process

_ZOMBIE = "Z"
# Whoever reaps needs a moment.
_STAYS_NS = 250_000_000

Identity = tuple[int, int]


@dataclass(frozen=True, slots=True)
class DeadChildren:
    """What a series of looks has shown.

    Attributes:
        stayed: zombies of the last look that had been there for a quarter of a second.
        came: those of them that the first look had not seen.
        first: PID 1.
        parents: by pid whoever lived in any look.
        orphans: those of `stayed` that were seen alive as children of somebody else than their last parent.
    """

    stayed: tuple[Process, ...]
    came: tuple[Process, ...]
    first: Process | None
    parents: dict[int, Process]
    orphans: tuple[Process, ...]

    @property
    def growing(self) -> bool:
        """Whether more came and none of the first went: then nobody reaps, late or early."""
        return bool(self.came) and len(self.came) < len(self.stayed)

    def of_first(self) -> tuple[Process, ...]:
        """Those that PID 1 has to reap, when it is no init."""
        if self.first is None or is_init(self.first):
            return ()
        return tuple(process for process in self.stayed if process.parent == self.first.pid)


def dead_children(samples: Sequence[Sample]) -> DeadChildren:
    """From looks in the order of time; a single one cannot tell what stays."""
    lived_below: dict[Identity, set[int]] = {}
    parents: dict[int, Process] = {}
    since: dict[Identity, int] = {}
    for sample in samples:
        for process in sample.processes:
            if process.state == _ZOMBIE:
                since.setdefault(identity(process), sample.at_ns)
            else:
                lived_below.setdefault(identity(process), set()).add(process.parent)
                parents[process.pid] = process
    last = samples[-1] if samples else None
    stayed = tuple(p for p in zombies(last) if last and last.at_ns - since[identity(p)] >= _STAYS_NS)
    began = {identity(process) for process in zombies(samples[0] if samples else None)}
    return DeadChildren(
        stayed=stayed,
        came=tuple(p for p in stayed if identity(p) not in began),
        first=next((p for p in last.processes if p.inner_pid == 1), None) if last else None,
        parents=parents,
        orphans=tuple(p for p in stayed if lived_below.get(identity(p), set()) - {p.parent}),
    )


def zombies(sample: Sample | None) -> tuple[Process, ...]:
    return tuple(p for p in sample.processes if p.state == _ZOMBIE) if sample else ()


def identity(process: Process) -> Identity:
    """One process and no other: numbers are used again."""
    return process.pid, process.start_ticks
