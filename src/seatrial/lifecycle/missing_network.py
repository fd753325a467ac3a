"""The error for an external network that does not exist. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.engine.translate import refusal
from seatrial.lifecycle.plan import NETWORK, REFUSE

if TYPE_CHECKING:
    from seatrial.errors import Refused
    from seatrial.lifecycle.plan import Plan


def missing_networks(plan: Plan) -> list[Refused]:
    """An error for each network that keeps the plan from being carried out, as Compose reports it."""
    steps = (step for step in plan.steps if step.action == REFUSE and step.subject.startswith(NETWORK))
    names = (step.subject.removeprefix(NETWORK) for step in steps)
    said = "network {} declared as external, but could not be found"
    return [refusal(said.format(name), doing="make the containers") for name in names]
