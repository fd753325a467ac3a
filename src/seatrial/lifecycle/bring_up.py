"""Carries an `up` out and verifies the end. The event stream is open before anything is done."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from seatrial.engine.api.endpoint import socket_path
from seatrial.env.verify import Mismatch, mismatches
from seatrial.errors import ImageMissing, Refused, RunFailed, SeatrialError, TimedOut
from seatrial.history.run import Run
from seatrial.lifecycle.edited import Edited, edited
from seatrial.lifecycle.failure import Failure, unready
from seatrial.lifecycle.missing_image import located
from seatrial.lifecycle.ports.culprit import holder
from seatrial.lifecycle.readiness import NOT_BEGUN, NOT_STARTED, Standing
from seatrial.lifecycle.unreachable import Unreachable, unreachable
from seatrial.lifecycle.usual import measured, recalled, remembered, slower
from seatrial.lifecycle.wait import Watch

_OF_A_STOP = (130, 137, 143)
_ID = re.compile(r"\b[0-9a-f]{64}\b")
_ERROR_OF = re.compile(r"(?:service:|Container )(\S+?)[:-]\d+\s+Error ")

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from seatrial.engine import Engine, UpRequest
    from seatrial.engine.observed import Container
    from seatrial.engine.refusal import Refusal
    from seatrial.lifecycle.plan import Plan
    from seatrial.lifecycle.readiness import Verdict
    from seatrial.lifecycle.stage import Stage
    from seatrial.lifecycle.wait import Outcome
    from seatrial.stack import Stack


@dataclass(frozen=True, slots=True)
class Result:
    """The end of an `up`.

    Attributes:
        plan: what was done.
        trouble: what Compose itself failed with; explained by `failures` where the containers tell why.
        waited: False when nobody wanted to know whether it is up.
        mismatches: containers that run with another environment than the one that was validated.
        edited: configuration files that are newer than the containers that read them.
        slower: services that took longer than usual, and by how many seconds, worst first.
        before, now: what was measured in the runs before, and in this one.
        unreachable: ports of running services that nothing outside the container can reach.
    """

    plan: Plan
    outcome: Outcome
    failures: tuple[Failure, ...] = ()
    trouble: SeatrialError | None = None
    waited: bool = True
    mismatches: tuple[Mismatch, ...] = ()
    edited: tuple[Edited, ...] = ()
    slower: tuple[tuple[str, float], ...] = ()
    before: tuple[Run, ...] = ()
    now: Run = field(default_factory=lambda: Run(""))
    unreachable: tuple[Unreachable, ...] = ()


def bring_up(stage: Stage, request: UpRequest, plan: Plan, *, wait: bool = True) -> Result:
    """Carry out what `plan` says, and watch until every service is decided."""
    names = acted_on(stage.stack, request, plan)
    stage = replace(stage, optional=stage.stack.optional(request.services))
    if not plan.acts and (outcome := Watch(stage, names).look()).up:
        return ended(stage, plan, outcome, None, wait=wait)  # as most often; what starts things is not even loaded
    from seatrial.lifecycle.by_compose import needs_compose
    from seatrial.lifecycle.making_way import make_way
    from seatrial.lifecycle.starting import started

    stage = make_way(stage, plan)
    if needs_compose(stage.stack):
        result = _by_compose(stage, names, request, plan, wait=wait)
        _keep(stage, plan, result.outcome)
        return result
    outcome, trouble = started(stage, names, request, plan, wait=wait)
    _keep(stage, plan, outcome)
    return _compared(stage, ended(stage, plan, outcome, trouble, wait=wait))


def acted_on(stack: Stack, request: UpRequest, plan: Plan) -> tuple[str, ...]:
    """The services that are asked for, all that they depend on, and those that the plan acts on because of them."""
    names = stack.closure(request.services)
    others = (step.subject for step in plan.steps if step.action in ("restart", "recreate"))
    return tuple(dict.fromkeys((*names, *(name for name in others if name in stack.names))))


def _keep(stage: Stage, plan: Plan, outcome: Outcome) -> None:
    """Keep what new containers, networks and volumes were made from, also when they are not up."""
    if any(step.action in ("create", "recreate") for step in plan.steps):
        from seatrial.lifecycle import definitions
        from seatrial.lifecycle.causes.made_from import remember

        remember(stage.project, stage.stack, stage.before, outcome.snapshot)
        if there := stage.engine.resources(stage.stack.name):
            definitions.remember(stage.project, stage.stack, there)


def _compared(stage: Stage, result: Result) -> Result:
    """With what a start took the times before; one that is up is remembered."""
    from datetime import UTC, datetime

    now = measured(result.outcome.times, datetime.now(UTC).isoformat(timespec="seconds"))
    if not now:
        return result
    before = recalled(stage.project, stage.stack.name)
    if before.trouble:
        stage.tell(f"warning: {before.trouble}")
    if result.outcome.up and result.waited:
        remembered(stage.project, stage.stack.name, before, now)
    return replace(result, slower=slower(before, now), before=before.runs, now=now)


def _by_compose(stage: Stage, names: Sequence[str], request: UpRequest, plan: Plan, *, wait: bool) -> Result:
    from seatrial.lifecycle.making_way import forced

    def act() -> None:
        if plan.acts:
            for line in chain(*(stage.engine.create(stage.project, one) for one in forced(request, plan))):
                stage.tell(line)
            for line in stage.engine.up(stage.project, request):
                stage.tell(line)

    return verified(stage, names, plan, act, request.timeout_s if wait else None)


def verified(
    stage: Stage, names: Sequence[str], plan: Plan, act: Callable[[], None], timeout_s: float | None
) -> Result:
    """Watch `names` while `act` does what `plan` says, until each is decided; without `timeout_s` only look once."""
    from seatrial.lifecycle.early import Early

    trouble: SeatrialError | None = None
    with stage.engine.events(stage.stack.name) as events:
        watch = Watch(stage, names)
        try:
            act()
        except RunFailed as error:
            trouble = error
        watch.sight.again()
        if trouble or timeout_s is None:
            outcome = watch.look(events.wait(0))
        else:
            with Early(stage, watch, events.wake) as early:
                outcome = watch.until_decided(events, timeout_s, stage.changed, early)
    return ended(stage, plan, outcome, trouble, wait=timeout_s is not None)


def ended(stage: Stage, plan: Plan, outcome: Outcome, trouble: SeatrialError | None, *, wait: bool) -> Result:
    """The end of it, with why what is not up is not."""
    if isinstance(trouble, ImageMissing):
        trouble = located(trouble, stage.stack, stage.engine.made)
    failures = _explained(stage, outcome, trouble) if wait or trouble or outcome.failed else ()
    if refused := not_created(trouble, stage.stack, outcome):
        failures, trouble = (*failures, refused), None
    other = () if trouble or failures else _other_environments(stage, outcome)
    old = _edited(stage, outcome) if outcome.up else ()
    deaf = _unreachable(stage, outcome) if outcome.up or failures else ()
    return Result(plan, outcome, failures, trouble, wait, other, old, unreachable=deaf)


def _unreachable(stage: Stage, outcome: Outcome) -> tuple[Unreachable, ...]:
    """In a start that fails, what does not listen at all may do so yet."""
    found = unreachable(stage.stack, outcome.snapshot, [v.service for v in outcome.verdicts])
    return tuple(one for one in found if outcome.up or one.port.loopback or one.port.open)


def _edited(stage: Stage, outcome: Outcome) -> tuple[Edited, ...]:
    """Of an engine elsewhere the files are not those here."""
    if socket_path(os.environ) is None:
        return ()
    names = [verdict.service for verdict in outcome.verdicts]
    return edited(stage.stack, names, outcome.snapshot, str(stage.project.root))


def _other_environments(stage: Stage, outcome: Outcome) -> tuple[Mismatch, ...]:
    """Containers that did not get what was validated: a file was edited in between, or one was not recreated."""
    wanted = {v.service: stage.environment[v.service] for v in outcome.verdicts if v.service in stage.environment}
    ids = [c.id for c in outcome.snapshot.containers if c.service in wanted]
    return mismatches(wanted, outcome.snapshot, stage.engine.environments(ids)) if wanted else ()


def _explained(stage: Stage, outcome: Outcome, trouble: SeatrialError | None) -> tuple[Failure, ...]:
    """The services that are not up for reasons of their own; those that wait for them are named with them."""
    verdicts = outcome.failed
    if isinstance(trouble, ImageMissing):
        return ()  # it says itself what is to be done; the services suffer from it
    if isinstance(trouble, TimedOut):
        # Compose was stopped in the middle of its work: an ended container may be its doing.
        verdicts = tuple(v for v in outcome.waiting if v.container and v.container.state == "running")
    elif outcome.timed_out:
        verdicts += outcome.waiting
    elif verdicts and not trouble:
        # Which of them ends first is chance: what fails too is a failure of its own, or shows the cause of the others.
        verdicts += tuple(v for v in outcome.waiting if v.failing and not v.optional)
    elif trouble:
        # Compose has given up; a service that merely had no time yet is not to blame.
        verdicts += tuple(v for v in outcome.waiting if v.container and not _unhurt(v.container))
    return _with_log(stage, outcome, blamed(stage.stack, verdicts, outcome.waiting if trouble else ()))


def blamed(stack: Stack, verdicts: Iterable[Verdict], waiting: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Those of `verdicts` that wait neither for another one nor, after Compose gave up, for their start. Pure.

    One that the engine refused to start, or that ran and failed, has a reason of its own, whatever else failed.
    """
    fresh = [v.service for v in waiting if v.reason == NOT_BEGUN]
    own = [v for v in verdicts if v.service not in fresh]
    behind = {name for asked in (*fresh, *(v.service for v in own)) for name in stack.waiting_for(asked)}
    return tuple(v for v in own if v.service not in behind or v.reason == NOT_STARTED or _ran_and_failed(v, fresh))


def _ran_and_failed(verdict: Verdict, fresh: Collection[str]) -> bool:
    """Whether it failed in this start. An end may be of a run before where Compose gave up, or the end of a stop."""
    container = verdict.container
    if container is None or not (verdict.failing or verdict.standing is Standing.FAILED):
        return False
    if container.state == "exited":
        return not fresh and container.exit_code not in _OF_A_STOP
    return container.state in ("running", "restarting")


def _with_log(stage: Stage, outcome: Outcome, verdicts: Sequence[Verdict]) -> tuple[Failure, ...]:
    names = partial(_named, stage.engine, outcome)
    failures = unready(verdicts, stage.stack, stage.engine.log_tail, outcome.refused, names)
    own = {failure.service for failure in failures}
    failures = tuple(replace(one, waits=tuple(name for name in one.waits if name not in own)) for one in failures)
    return tuple(_with_culprit(stage.engine, failure) for failure in failures)


def _unhurt(container: Container) -> bool:
    failing = container.health is not None and container.health.failing_streak > 0
    return container.state in ("running", "created") and not failing


def _named(engine: Engine, outcome: Outcome, words: str) -> str:
    """The engine's words with the names of the networks that it calls by their ids."""
    if not _ID.search(words):
        return words
    ids = [v.container.id for v in outcome.verdicts if v.container]
    names = {network.id: network.name for facts in engine.facts(ids) for network in facts.networks if network.id}
    return _ID.sub(lambda found: names.get(found[0], found[0]), words)


def _with_culprit(engine: Engine, failure: Failure) -> Failure:
    found = holder(engine, failure.port) if failure.port is not None else ""
    return replace(failure, reason=f"port {failure.port} is taken by {found}") if found else failure


def not_created(trouble: SeatrialError | None, stack: Stack, outcome: Outcome) -> Failure | None:
    """The failure of the service whose container the engine refuses to create, where it is known which one that is."""
    if not isinstance(trouble, Refused):
        return None
    from seatrial.engine.refusal import classify  # only a refusal needs it

    found = classify(trouble.words)
    missing = {v.service for v in outcome.verdicts if v.container is None}
    named = {name for line in trouble.detail for name in _service_in(line, stack)} & missing
    models = stack.service_models()
    at_fault = named or {name for name in missing if _has_one(models.get(name, {}), found.keys)}
    if len(at_fault) > 1:
        at_fault = {name for name in at_fault if _has_a_word_of(models[name], found)}
    if len(at_fault) != 1:
        return None
    (name,) = at_fault
    found = classify(trouble.words, name)
    reason, waits = f"could not be created: {found.reason}", stack.waiting_for(name)
    return Failure(name, reason, found.fix, waits=waits, refusal=found.kind, engine=found.words, port=found.port)


def _has_a_word_of(service: Mapping[str, Any], refusal: Refusal) -> bool:
    """Whether the refusal quotes a value of one of its keys: the path, the runtime, the driver."""
    words = set(refusal.words.replace('"', " ").split())
    return any(text in words for key in refusal.keys for text in _leaves(service.get(key)))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _leaves(one)
    elif isinstance(value, str):
        yield value


def _service_in(line: str, stack: Stack) -> tuple[str, ...]:
    """The service that Compose names in the line of an error: some versions do."""
    found = _ERROR_OF.match(line)
    names = (name for name in stack.names if found and found[1] in (name, f"{stack.name}-{name}"))
    return tuple(names)


def _has_one(service: Mapping[str, Any], keys: Collection[str]) -> bool:
    fixed = [network for network in (service.get("networks") or {}).values() if network]
    return any(service.get(key) for key in keys if key != "networks") or ("networks" in keys and bool(fixed))
