"""What `up` and `watch` share: a stack, found to be in order, is brought up as its plan says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.engine import UpRequest
    from seatrial.env.sound import Sound
    from seatrial.lifecycle.bring_up import Result
    from seatrial.lifecycle.plan import Plan, Step
    from seatrial.stack import Stack
    from seatrial.verbs._run import Run


@dataclass(frozen=True, slots=True)
class Wish:
    """How it is to be brought up: the flags of `up`."""

    service: Sequence[str] = ()
    build: bool = False
    no_build: bool = False
    recreate: bool = False
    shift_ports: bool = False
    plain_ports: bool = False
    remove_orphans: bool = False
    renew_anon_volumes: bool = False
    wait: bool = True


class Found(NamedTuple):
    """What is to be brought up.

    Attributes:
        undone: what a dry run has not done about ports.
    """

    stack: Stack
    request: UpRequest
    examined: Sound
    undone: tuple[Step, ...]


def found(run: Run, wish: Wish) -> Found:
    """The model and the environment of the project. Nothing is changed but what is remembered of its ports.

    Raises:
        ConfigurationInvalid: Compose refuses the project, or its environment is wrong.
    """
    with run.ahead():
        from seatrial.engine import UpRequest
        from seatrial.lifecycle import bring_up, lock, readiness, stage  # noqa: F401  while Compose answers
        from seatrial.report import progress, show, terminal  # noqa: F401
        from seatrial.verbs._checkout import choose_ports
        from seatrial.verbs._profiles import check_active, check_profiles, enable_needed

        run.engine.about()
        check_profiles(run)
        undone = choose_ports(run, shift=wish.shift_ports, plain=wish.plain_ports)
        if wish.service:
            enable_needed(run, wish.service)
        examined = run.sound_environment()
    stack = examined.stack
    check_active(run, stack)
    request = UpRequest(
        stack.chosen(wish.service) if wish.service else (),
        build=wish.build,
        no_build=wish.no_build,
        force_recreate=wish.recreate,
        renew_volumes=wish.renew_anon_volumes,
        timeout_s=run.settings.timeout_s.value,
    )
    return Found(stack, request, examined, undone)


def plan_of(run: Run, wish: Wish, found: Found) -> Plan:
    """What would be done now."""
    from seatrial.verbs._checkout import planned

    stack, request = found.stack, found.request
    before = run.engine.snapshot(stack.name)
    return planned(run, stack, before, request, wish, undone=found.undone)[1]


def brought_up(run: Run, wish: Wish, found: Found) -> tuple[Stack, Result]:
    """Do it, showing how it goes; the model is another one when ports were moved for it."""
    from seatrial.lifecycle.bring_up import bring_up
    from seatrial.lifecycle.extension_lines import with_declared
    from seatrial.lifecycle.lock import held
    from seatrial.lifecycle.readiness import Rules
    from seatrial.lifecycle.stage import Stage
    from seatrial.places import cache
    from seatrial.report import terminal
    from seatrial.report.progress import Progress
    from seatrial.verbs._checkout import planned

    stack, request = found.stack, found.request
    with held(cache(), stack.name, "up", wait_s=request.timeout_s, tell=terminal.talk):
        before = run.engine.snapshot(stack.name)
        stack, plan = planned(run, stack, before, request, wish)
        for step in plan.notes(stack.names):
            terminal.talk(f"warning: {step.subject}: {step.cause}")
        if plan.acts and stack.volumes and not before.containers:
            _tell_of_old_volumes(run, stack)
        stack = with_declared(stack, run.project)
        rules = Rules(stable_s=run.settings.stable_s.value)
        with Progress() as shown:
            stage = Stage(
                run.engine, run.project, stack, before, shown.line, rules, found.examined.contained, shown.outcome
            )
            result = bring_up(stage, request, plan, wait=wish.wait)
    if plan.acts and wish.wait:
        from seatrial.lifecycle.last_start import remember

        remember(run.project, stack, result.outcome)
    return stack, result


def _tell_of_old_volumes(run: Run, stack: Stack) -> None:
    """What an earlier stack of this name has left goes on, which surprises who has just cloned the project."""
    from seatrial.lifecycle.causes.made_from import recalled
    from seatrial.report import terminal

    if recalled(run.project, stack.name).services:
        return  # its own: volumes survive `down`
    there = set(run.engine.volumes(stack.name))
    old = [name for name in stack.volumes if name in there]
    if old:
        terminal.talk(
            f"this checkout has not been up before; what an earlier {stack.name} left in {', '.join(old)} goes on"
            " (`down --volumes` deletes it)"
        )
