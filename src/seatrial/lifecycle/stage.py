"""What an `up` or a `restart` has to do with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatrial.lifecycle.readiness import Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from seatrial.engine import Engine
    from seatrial.engine.observed import Snapshot
    from seatrial.env.secret import Secret
    from seatrial.lifecycle.wait import Outcome
    from seatrial.project import Project
    from seatrial.stack import Stack


def _nobody(outcome: Outcome) -> None:
    del outcome


@dataclass(frozen=True, slots=True)
class Stage:
    """What is acted on: a project as it was when the plan was made, and somebody who is told how it goes.

    Attributes:
        tell: called with each line that Compose says.
        environment: by service what its containers must have got; empty is not looked at.
        optional: services without which the stack is up.
        changed: called with where every service stands, again and again.
    """

    engine: Engine
    project: Project
    stack: Stack
    before: Snapshot
    tell: Callable[[str], None]
    rules: Rules = field(default_factory=Rules)
    environment: Mapping[str, Mapping[str, Secret]] = field(default_factory=dict)
    changed: Callable[[Outcome], None] = _nobody
    optional: frozenset[str] = frozenset()
