"""Carries a `restart` out: all are stopped as by `stop`, then started as by `up`, each when its time has come."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.lifecycle.bring_up import ended, verified
from seatrial.lifecycle.by_compose import needs_compose
from seatrial.lifecycle.plan import KEEP
from seatrial.lifecycle.references import with_owners
from seatrial.lifecycle.starting import started
from seatrial.lifecycle.stop_order import turns
from seatrial.lifecycle.stopping import Halt, stop_in_order
from seatrial.lifecycle.timing import with_stops

if TYPE_CHECKING:
    from seatrial.engine import UpRequest
    from seatrial.lifecycle.bring_up import Result
    from seatrial.lifecycle.plan import Plan
    from seatrial.lifecycle.stage import Stage


def restart(stage: Stage, plan: Plan, request: UpRequest) -> Result:
    """Restart what `plan` says, then watch until each of these services is decided.

    Not by Compose: its own `restart` waits for no condition of a `depends_on` that does not say `restart: true`.
    """
    names = [step.subject for step in plan.steps if step.action != KEEP]
    stage = replace(stage, optional=stage.stack.optional(request.services))
    for step in plan.steps:
        if step.action == KEEP:
            stage.tell(f"{step.subject}: {step.cause}")
    if needs_compose(stage.stack):
        return verified(stage, names, plan, lambda: stage.engine.restart(stage.project, names), request.timeout_s)
    stage = replace(stage, stack=with_owners(stage.stack, stage.before))
    containers = [container for name in names for container in stage.before.of(name)]
    stops = stop_in_order(Halt(stage.engine, stage.project, stage.stack, stage.tell), turns(stage.stack, containers))
    at_rest = replace(stage, before=stage.engine.snapshot(stage.stack.name))
    outcome, _ = started(at_rest, names, request, plan, wait=True, began_ago_s=stops.seconds)
    outcome = replace(outcome, times=with_stops(outcome.times, stops.stopped))
    return ended(stage, plan, outcome, next(iter((stops.failures or {}).values()), None), wait=True)
