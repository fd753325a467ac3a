"""What `apt-get -s install` says it would do, and whether that is allowed. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from engine_host.versions import problem_with

LINE = re.compile(r"^(Inst|Remv) (\S+)(?: \[([^\]]*)\])?(?: \((\S+))?", re.MULTILINE)


COMPONENTS = {
    "docker.io": "engine",
    "docker-compose": "compose",
    "docker-compose-v2": "compose",
    "docker-buildx": "buildx",
}
"""Package → the component whose version it carries."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """Package names (without architecture) and what would happen to them; `new` are (name, version)."""

    new: tuple[tuple[str, str], ...]
    upgraded: tuple[str, ...]
    removed: tuple[str, ...]


def read_simulation(output: str) -> Simulation:
    """Parse the output of `apt-get -s install`. `Inst name [old] (new …)` is an upgrade, without `[old]` it is new."""
    rows = [(action, name.partition(":")[0], old, version) for action, name, old, version in LINE.findall(output)]
    return Simulation(
        new=tuple((name, version) for action, name, old, version in rows if action == "Inst" and not old),
        upgraded=tuple(name for action, name, old, _ in rows if action == "Inst" and old),
        removed=tuple(name for action, name, _, _ in rows if action == "Remv"),
    )


def objection(simulation: Simulation, engine_answers: bool, engine_packages: Collection[str]) -> str | None:
    """Why this must not be carried out, in words; None where only new packages come."""
    if simulation.removed:
        return f"apt would remove {', '.join(simulation.removed)}"
    if simulation.upgraded:
        return f"apt would change the version of {', '.join(simulation.upgraded)}"
    engines = [name for name, _ in simulation.new if name in engine_packages]
    if engine_answers and engines:
        return f"apt would install {', '.join(engines)} beside an engine that runs"
    return None


def too_old(simulation: Simulation) -> list[str]:
    """What is too old in the packages that apt would install, in words. Epochs are not part of a program's version."""
    offered = {COMPONENTS[name]: version.rpartition(":")[2] for name, version in simulation.new if name in COMPONENTS}
    return [problem for name, version in offered.items() if (problem := problem_with(name, version))]
