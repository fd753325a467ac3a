"""What `apt-get -s install` says it would do, and whether that is allowed. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

LINE = re.compile(r"^(Inst|Remv) (\S+)(?: \[([^\]]*)\])?(?: \((\S+))?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Simulation:
    """Package names (without architecture) and what would happen to them."""

    new: tuple[str, ...]
    upgraded: tuple[str, ...]
    removed: tuple[str, ...]


def read_simulation(output: str) -> Simulation:
    """Parse the output of `apt-get -s install`. `Inst name [old] (new …)` is an upgrade, without `[old]` it is new."""
    new, upgraded, removed = [], [], []
    for action, name, old, _version in LINE.findall(output):
        target = removed if action == "Remv" else upgraded if old else new
        target.append(name.partition(":")[0])
    return Simulation(tuple(new), tuple(upgraded), tuple(removed))


def objection(simulation: Simulation, engine_answers: bool, engine_packages: Collection[str]) -> str | None:
    """Why this must not be carried out, in words; None where only new packages come."""
    if simulation.removed:
        return f"apt would remove {', '.join(simulation.removed)}"
    if simulation.upgraded:
        return f"apt would change the version of {', '.join(simulation.upgraded)}"
    engines = [name for name in simulation.new if name in engine_packages]
    if engine_answers and engines:
        return f"apt would install {', '.join(engines)} beside an engine that runs"
    return None
