"""Starts what a plan says while the engine's events are heard: what `up` and `restart` have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.errors import EngineUnreachable
from seatrial.lifecycle.came_back import told_apart
from seatrial.lifecycle.conductor import Conductor
from seatrial.lifecycle.wait import Watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.engine import UpRequest
    from seatrial.engine.observed import Snapshot
    from seatrial.errors import RunFailed
    from seatrial.lifecycle.plan import Plan
    from seatrial.lifecycle.stage import Stage
    from seatrial.lifecycle.wait import Outcome


def started(  # noqa: PLR0913  two verbs' ways to begin
    stage: Stage, names: Sequence[str], request: UpRequest, plan: Plan, *, wait: bool, began_ago_s: float = 0.0
) -> tuple[Outcome, RunFailed | None]:
    """How it went with the services `names`, and what Compose failed with; times count from `began_ago_s` before now.

    Raises:
        EngineUnreachable: it went away meanwhile, or was restarted.
    """
    try:
        with stage.engine.events(stage.stack.name) as events:
            watch = Watch(stage, names, starts=True, began_ago_s=began_ago_s)
            conductor = Conductor(stage, watch, events)
            try:
                outcome = conductor.carry_out(request, plan, wait=wait)
            except KeyboardInterrupt:
                stage.tell(_left_behind(names, watch.sight.snapshot))
                raise
            finally:
                watch.remember()
    except EngineUnreachable as lost:
        raise told_apart(stage.engine, lost) from None
    return outcome, conductor.trouble


def _left_behind(names: Sequence[str], snapshot: Snapshot) -> str:
    """What an interrupt leaves behind. It was looked at a moment ago; nobody who types ^C waits for another look."""
    running = [name for name in names if any(c.state == "running" for c in snapshot.of(name))]
    told = f": {', '.join(running)}" if running else ""
    return f"{len(running)} of {len(names)} services run{told}; `up` goes on from here, `down` removes them"
