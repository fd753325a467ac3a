"""Has a run that was killed left something behind?"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.doctor.finding import Finding, ok, warning
from seatrial.doctor.fixing.remedy import Remedy
from seatrial.engine.child import answer
from seatrial.engine.inside.container import left_over
from seatrial.engine.inside.owner import LABEL, OWNER, is_left_behind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

# One that runs ends when its owner does.
_OVER = ("created", "exited", "dead")


@dataclass(frozen=True, slots=True)
class Left:
    """Names of our containers that do not run and our networks without a container, whose owner has ended."""

    containers: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()


def looked() -> Left:
    """Raises `EngineUnreachable`."""
    states = [word for state in _OVER for word in ("--filter", f"status={state}")]
    containers = left_over(LABEL, *states)
    listed = answer(["network", "ls", "--format", "{{.Name}}", "--filter", f"label={LABEL}"]).stdout.split()
    networks: list[str] = []
    if listed:
        told = json.loads(answer(["network", "inspect", *listed]).stdout or "[]")
        networks = [one["Name"] for one in told if _is_over(one)]
    return Left(containers, tuple(sorted(networks)))


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
    owner = (network.get("Labels") or {}).get(OWNER, "")
    return not network.get("Containers") and is_left_behind(owner, str(network.get("Created")), time.time())
