"""Has a run that was killed left something behind?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.doctor.finding import Finding, ok, warning
from seatrial.doctor.fixing.remedy import Remedy
from seatrial.engine.child import answer
from seatrial.engine.inside.container import LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

# A helper that runs belongs to somebody: it ends when its owner does.
_OVER = ("created", "exited", "dead")


@dataclass(frozen=True, slots=True)
class Left:
    """What carries our label: names of containers that have ended or never ran, and of networks that nobody is on."""

    containers: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()


def looked() -> Left:
    """Raises `EngineUnreachable`."""
    states = [word for state in _OVER for word in ("--filter", f"status={state}")]
    containers = answer(["ps", "-a", "--format", "{{.Names}}", "--filter", f"label={LABEL}", *states]).stdout.split()
    listed = answer(["network", "ls", "--format", "{{.Name}}", "--filter", f"label={LABEL}"]).stdout.split()
    networks: list[str] = []
    if listed:
        told = json.loads(answer(["network", "inspect", *listed]).stdout or "[]")
        networks = [one["Name"] for one in told if _is_over(one)]
    return Left(tuple(sorted(containers)), tuple(sorted(networks)))


def judge(left: Left) -> Iterator[Finding]:
    if not left.containers and not left.networks:
        yield ok("nothing was left behind by runs that were killed")
        return
    commands = [("docker", "rm", "--force", "--volumes", *left.containers)] if left.containers else []
    commands += [("docker", "network", "rm", *left.networks)] if left.networks else []
    remedy = Remedy(commands=tuple(commands))
    yield warning(
        f"left behind by a run that was killed: {', '.join((*left.containers, *left.networks))}",
        why="it takes names, addresses and room, and nobody will come back for it",
        fix=str(remedy),
        remedy=remedy,
    )


def _is_over(network: Mapping[str, Any]) -> bool:
    """Nobody is on it, and whoever made it has ended; the label tells, where it says so."""
    owner = (network.get("Labels") or {}).get(LABEL, "").rpartition(":")[2]
    return not network.get("Containers") and not (owner.isdigit() and Path(f"/proc/{owner}").exists())
