"""`stop`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.verbs._run import Run


@verb()
def stop(run: Run, *, service: Sequence[str] = (), json: bool = False) -> int:
    """Stop services, dependants first; containers stay."""
    from seatrial.lifecycle.down import plan_stop
    from seatrial.lifecycle.plan import KEEP
    from seatrial.report import show

    run.engine.about()
    stack = run.standing()
    plan = plan_stop(stack, run.engine.snapshot(stack.name), service)
    if run.dry:
        return show.plan(plan, as_json=json)
    show.teller()(str(plan))
    if plan.acts:
        run.engine.stop(run.project, [step.subject for step in plan.steps if step.action != KEEP])
    return show.done(stack, plan, as_json=json)
