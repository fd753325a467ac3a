"""What is seen to before anything acts: that the containers are this checkout's, and that their ports can be had."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.errors import ConfigurationInvalid, RunFailed, Several, UsageError, together
from seatrial.report import terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seatrial.engine import UpRequest
    from seatrial.engine.observed import Snapshot
    from seatrial.errors import SeatrialError
    from seatrial.lifecycle.plan import Plan, Step
    from seatrial.lifecycle.ports.memory import Memory, Move
    from seatrial.lifecycle.ports.wanted import Wish as PortWish
    from seatrial.lifecycle.up import Wanted
    from seatrial.stack import Stack
    from seatrial.verbs._brought_up import Wish
    from seatrial.verbs._run import Run

_BACK = "`up --plain-ports` takes the ports as they are written again"


def choose_ports(run: Run, *, shift: bool, plain: bool) -> tuple[Step, ...]:
    """Before the model is asked for: forget moved ports when told to, move all in a new worktree.

    Gives what a dry run has not done.

    Raises:
        UsageError: told to do both.
    """
    if plain and shift:
        raise UsageError("--shift-ports and --plain-ports exclude each other", fix="leave one of them out")
    project = run.as_written
    if not plain and not project.worktree:
        return ()
    from seatrial.lifecycle.ports.memory import Memory, load

    known = load(project)
    if plain and (project.worktree or known):
        return _remember(run, Memory(str(project.directory)))
    if project.worktree and known is None:
        terminal.talk(
            f"this is a linked worktree of {project.worktree.main}: its project is {project.name}, with containers and"
            " volumes of its own (another name: COMPOSE_PROJECT_NAME)"
        )
        with suppress(ConfigurationInvalid):  # the check of the environment, which comes next, says it better
            return _remember(run, _moved(run, None))
    return ()


def check_owner(run: Run, stack: Stack, before: Snapshot, services: Iterable[str], *, fate: str) -> None:
    """Stop before containers that another folder made are `fate` (stopped, drilled, made anew).

    Raises:
        UsageError: they are another folder's, and nobody said by flag or shell that this project is meant.
    """
    _tell_other_stack(run, stack.name, before)
    own = str(run.project.directory)
    if run.project.by_labels or all(container.folder == own for container in before.containers):
        return  # by labels: found by this folder, or by a name that was given
    from seatrial.lifecycle.belonging import strangers, taken_over

    found = strangers(run.project, services, before)
    warning = taken_over(stack.name, run.project, found, asked=_asked_for(run), fate=fate)
    if warning:
        terminal.talk(f"warning: {warning}")


def tell_owner(run: Run, name: str, before: Snapshot, services: Iterable[str]) -> None:
    """For verbs that only look, or enter a container: say in one line when it is another folder's that is looked at."""
    _tell_other_stack(run, name, before)
    own = str(run.project.directory)
    if run.project.by_labels or all(container.folder == own for container in before.containers) or _asked_for(run):
        return
    from seatrial.lifecycle.belonging import strangers

    found = strangers(run.project, services, before)
    if found:
        which = ", ".join(dict.fromkeys(container.service for container in found))
        folders = " and ".join(dict.fromkeys(container.folder for container in found))
        terminal.talk(f"warning: the containers of {which} were made from {folders}, not from this folder")


def _tell_other_stack(run: Run, name: str, before: Snapshot) -> None:
    """Report a stack that was started from this folder under another name, while this project has no container.

    Compose started it in a worktree, by a link to the folder, or with a name that is not given now.
    """
    if before.containers or run.project.by_labels:
        return
    others = {stack.name for stack in run.engine.stacks_by_label(replace(run.project, name=None))} - {name}
    for other in sorted(others):
        terminal.talk(
            f"note: project {other} was started from this folder too, and {name} is another project:"
            f" --project-name {other} uses it, `docker compose -p {other} down` removes it"
        )


def planned(
    run: Run,
    stack: Stack,
    before: Snapshot,
    request: UpRequest,
    wish: Wish,
    *,
    undone: tuple[Step, ...] = (),
) -> tuple[Stack, Plan]:
    """The plan, once nothing stands in its way; and the model, which is another one when ports were moved for it.

    What is `undone` in a dry run comes first in the plan; the ports of its model are not those that would count.

    Raises:
        UsageError: the containers belong to another folder.
        RunFailed: ports or names of containers are taken, a network is in use, or an image must not be pulled; nothing
            was changed.
    """
    from seatrial.lifecycle.plan import NETWORK, Plan

    names = stack.closure(request.services)
    check_owner(run, stack, before, names, fate="made anew")
    known = _known(run, stack, before, names, wish)
    plan = _plan(run, stack, before, request, known)
    if undone:
        return stack, Plan((*undone, *plan.steps))
    if not plan.acts:
        return stack, plan  # and what is needed to look is not even loaded
    from seatrial.lifecycle.missing_image import refused
    from seatrial.lifecycle.missing_network import missing_networks
    from seatrial.lifecycle.ports.preflight import blocked, errors

    if missing := [*missing_networks(plan), *refused(stack, plan)]:
        return stack, _blocked(run, plan, missing)
    if any(step.subject.startswith(NETWORK) for step in plan.steps):
        from seatrial.lifecycle.making_way import network_conflicts

        if conflicts := network_conflicts(stack, before, plan, known.orphans):
            return stack, _blocked(run, plan, conflicts)
    _check_names(run, stack, plan, before)
    found = blocked(stack, names, plan, before, os.environ)
    if not found:
        return stack, plan
    if wish.shift_ports and found.movable:
        memory = _moved(run, found.movable)
        if run.dry:
            return stack, Plan((*_steps(run, memory), *plan.steps))
        _remember(run, memory)
        stack = run.engine.stack(run.project)
        plan = _plan(run, stack, before, request, known)
        found = blocked(stack, names, plan, before, os.environ)
        if not found:
            return stack, plan
    return stack, _blocked(run, plan, errors(run.engine, found, [one.name for one in known.orphans]))


def _blocked(run: Run, plan: Plan, wrong: Sequence[SeatrialError]) -> Plan:
    """The plan of a dry run, once what keeps it from being carried out is reported; else that is raised."""
    if not run.dry:
        raise together(wrong)
    terminal.talk(str(Several(wrong)))
    return replace(plan, blocked=True)


def _known(run: Run, stack: Stack, before: Snapshot, names: Sequence[str], wish: Wish) -> Wanted:
    """What moved ports do not change: images that are stale, and containers without a service."""
    from seatrial import compose_variables as variables
    from seatrial.lifecycle.up import Wanted

    known = Wanted()
    if not wish.no_build and any(stack.service(name).builds for name in names):
        from seatrial.lifecycle.stale.images import judged

        images = judged(run.engine, run.project, stack, names)
        known = replace(known, stale=images.stale, unjudged=images.unjudged)
    if before.services <= set(stack.names):
        return known
    from seatrial.lifecycle.orphans import orphans, says

    if says(run.project, variables.IGNORE_ORPHANS) and not wish.remove_orphans:
        return known
    remove = wish.remove_orphans or says(run.project, variables.REMOVE_ORPHANS)
    return replace(known, orphans=orphans(run.engine, run.project, stack, before), remove_orphans=remove)


def _plan(run: Run, stack: Stack, before: Snapshot, request: UpRequest, known: Wanted) -> Plan:
    from seatrial.lifecycle.up import changed, explained, plan_up, wanted

    now = wanted(run.engine, run.project, stack, before)
    want = replace(
        now,
        stale=known.stale,
        unjudged=known.unjudged,
        orphans=known.orphans,
        remove_orphans=known.remove_orphans,
    )
    found = changed(stack, before, want, request)
    want = explained(run.engine, run.project, stack, want, found)
    plan = plan_up(stack, before, want, request)
    if any(step.action == "recreate" for step in plan.steps) and any(service.depends_on for service in stack.services):
        # What becomes of those that depend on it is another matter in another version.
        plan = plan_up(stack, before, replace(want, compose=run.engine.compose_version()), request)
    if sum(step.action == "build" for step in plan.steps) > 1:
        from seatrial.lifecycle.building import dockerfile, model
        from seatrial.lifecycle.plan import with_bases_first

        return with_bases_first(plan, model.built_on(stack, dockerfile.text))
    return plan


def _check_names(run: Run, stack: Stack, plan: Plan, before: Snapshot) -> None:
    """Stop at a container's fixed name that another project has; tell of what this worktree shares with others."""
    from seatrial.lifecycle.fixed_names import container_names, shared, under_another_name

    making = {step.subject for step in plan.steps if step.action == "create"}
    wanted = {name: service for service, name in container_names(stack).items() if service in making} if making else {}
    others = [c for c in run.engine.look(sorted(wanted)) if not before.by_id(c.id)] if wanted else []
    if others:
        raise Several(
            RunFailed(
                f"{wanted[other.name]}: the container name {other.name} is taken"
                + (f" by a container that was made from {other.folder}" if other.folder else "")
                + "; nothing was changed",
                fix=f"leave `container_name` out of {wanted[other.name]}, or make it ${{COMPOSE_PROJECT_NAME}}-"
                f"{wanted[other.name]}\nor remove what has it: docker rm -f {other.name}",
            )
            for other in others
        )
    if run.project.worktree and plan.acts:
        from seatrial.lifecycle.building import dockerfile, model

        other = under_another_name(run.engine, run.project, stack, os.environ)
        for line in shared(stack, other, model.built_on(stack, dockerfile.text)):
            terminal.talk(f"warning: {line}")


def _asked_for(run: Run) -> bool:
    """Whether the caller has said which project is meant: by a flag or in the shell, in no file of the project."""
    name = run.settings.project_name
    return name.source == "command line" or any(
        os.environ.get(variable) for variable in ("COMPOSE_PROJECT_NAME", "INVOKE_SEATRIAL_PROJECT_NAME")
    )


def _moved(run: Run, which: Iterable[PortWish] | None) -> Memory:
    from seatrial.lifecycle.ports.moving import moved
    from seatrial.lifecycle.ports.remembered import plain_model

    return moved(run.as_written, plain_model(run.as_written, run.engine), which, os.environ)


def _steps(run: Run, memory: Memory) -> tuple[Step, ...]:
    from seatrial.lifecycle.ports.moving import steps

    return steps(_before(run), memory.moves)


def _before(run: Run) -> tuple[Move, ...]:
    from seatrial.lifecycle.ports.memory import load

    known = load(run.as_written)
    return known.moves if known else ()


def _remember(run: Run, memory: Memory) -> tuple[Step, ...]:
    from seatrial.lifecycle.ports.remembered import plain_model, remember

    steps = _steps(run, memory)
    if run.dry:
        return steps
    for step in steps:
        terminal.talk(str(step))
    project = run.as_written
    if memory.moves:
        terminal.talk(f"remembered for {project.directory}; {_BACK}")
    remember(project, plain_model(project, run.engine), memory)
    run.find_again()
    return ()
