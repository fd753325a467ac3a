"""`stop`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.engine.observed import Container
    from seatrial.stack import Stack
    from seatrial.verbs._run import Run


@verb(help={"timeout": "seconds that each may take before it is killed; default: its own grace period"})
def stop(run: Run, *, service: Sequence[str] = (), timeout: str = "", json: bool = False) -> int:
    """Stop services, dependants first; containers stay.

    Each is stopped the moment all that need it are gone, and how much of its grace period it used is told.
    """
    from seatrial.engine.together import together

    engine = run.engine
    with together() as asking:
        standing = asking.ask(run.standing)  # Compose resolves the model while the rest is loaded
        engine.about()
        from seatrial.lifecycle.down import plan_stop
        from seatrial.lifecycle.stop_order import turns
        from seatrial.lifecycle.stopping import Halt, stop_in_order
        from seatrial.report import show
        from seatrial.report import stop as shown
        from seatrial.verbs._checkout import check_owner

        stack = standing.answer()
    before = run.engine.snapshot(stack.name)
    check_owner(run, stack, before, stack.chosen(service), fate="stopped")
    plan = plan_stop(stack, before, service)
    _name_orphans(run, stack, () if service else before.containers)
    if run.dry:
        return show.plan(plan, as_json=json)
    meant = [container for name in stack.chosen(service) for container in before.of(name)]
    halt = Halt(run.engine, run.project, stack, show.teller(), run.settings.grace_s)
    with together() as meanwhile:
        meanwhile.ask(run.ready_to_show)
        stops = stop_in_order(halt, turns(stack, meant))
        providers = [name for name in stack.chosen(service) if stack.service(name).provider]
        if providers and not stops.failures:
            run.engine.stop(run.project, providers)
    return shown.stopped(stack, plan, stops, shown.summary(stops, plan), as_json=json)


def _name_orphans(run: Run, stack: Stack, containers: Sequence[Container]) -> None:
    """Report the orphans that run: like Compose, `stop` leaves them running."""
    from seatrial.engine.observed import Snapshot
    from seatrial.lifecycle.orphans import orphans
    from seatrial.lifecycle.stop_order import LIVE
    from seatrial.report import terminal

    for one in orphans(run.engine, run.project, stack, Snapshot(tuple(c for c in containers if c.state in LIVE))):
        terminal.talk(f"left running: {one.name}, an orphan: the compose files have no service {one.service}")
