"""`up`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.verbs._run import Run


@verb(
    help={
        "build": "build images first, also when nothing they are made of has changed",
        "no_build": "take images that are present as they are, also when their sources have changed",
        "recreate": "make new containers, also when nothing has changed",
        "shift_ports": "take free ports for those that are taken, and remember them for this checkout",
        "plain_ports": "take the ports as they are written again, and remember that",
        "wait": "with --no-wait: do not wait until services are ready",
    }
)
def up(
    run: Run,
    *,
    service: Sequence[str] = (),
    build: bool = False,
    no_build: bool = False,
    recreate: bool = False,
    shift_ports: bool = False,
    plain_ports: bool = False,
    wait: bool = True,
    timeout: str = "",
    json: bool = False,
) -> int:
    """Start the stack and verify that it is up.

    A service is up when its health check passes; without one, when it has run for a moment without a restart;
    a one-shot when it has ended with 0. What is not up is explained: its reason, last probe, last log lines, and
    what waits for it.
    """
    with run.ahead():
        from seatrial.engine import UpRequest
        from seatrial.lifecycle.bring_up import bring_up
        from seatrial.lifecycle.lock import held
        from seatrial.lifecycle.profiles import needed
        from seatrial.lifecycle.readiness import Rules
        from seatrial.lifecycle.stage import Stage
        from seatrial.places import cache
        from seatrial.report import show, terminal
        from seatrial.report.progress import Progress
        from seatrial.verbs._checkout import choose_ports, planned

        run.engine.about()
        undone = choose_ports(run, shift=shift_ports, plain=plain_ports)
        if service:
            lacking = needed(run.engine, run.project, service)
            for name, profile in lacking.items():
                terminal.talk(f"{name} is in the profile {profile}, which is enabled for this")
            run.enable(lacking.values())
        found = run.sound_environment()
    stack = found.stack or run.engine.stack(run.project)
    request = UpRequest(
        stack.chosen(service) if service else (),
        build=build,
        force_recreate=recreate,
        timeout_s=run.settings.timeout_s.value,
    )
    if run.dry:
        before = run.engine.snapshot(stack.name)
        return show.plan(
            planned(run, stack, before, request, shift=shift_ports, sources=not no_build, undone=undone)[1],
            as_json=json,
        )
    with held(cache(), stack.name, "up", wait_s=request.timeout_s, tell=terminal.talk):
        before = run.engine.snapshot(stack.name)
        stack, plan = planned(run, stack, before, request, shift=shift_ports, sources=not no_build)
        rules = Rules(stable_s=run.settings.stable_s.value)
        with Progress() as shown:
            stage = Stage(run.engine, run.project, stack, before, shown.line, rules, found.contained, shown.outcome)
            result = bring_up(stage, request, plan, wait=wait)
    return show.up(stack, result, as_json=json)
