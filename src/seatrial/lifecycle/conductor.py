"""Makes the containers of a plan and starts each the moment its conditions hold. The event stream wakes it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.engine.together import together
from seatrial.errors import HookFailed, Refused, RunFailed
from seatrial.lifecycle.by_compose import started_by_compose
from seatrial.lifecycle.early import Early
from seatrial.lifecycle.making_way import forced
from seatrial.lifecycle.readiness import Standing
from seatrial.lifecycle.stale.images import build
from seatrial.lifecycle.start_order import held, needed, startable
from seatrial.lifecycle.wait import pause_s, waited_for

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from seatrial.engine import EventStream, UpRequest
    from seatrial.engine.observed import Container
    from seatrial.engine.together import Question, Together
    from seatrial.lifecycle.plan import Plan
    from seatrial.lifecycle.stage import Stage
    from seatrial.lifecycle.wait import Outcome, Watch

# While Compose makes other containers, those that are made may be started, unless it puts something in order first.
_HARMLESS = {"create", "keep", "start", "unpause"}
_MAKES = {"create", "recreate", "build", "pull", "remove"}


class Conductor:
    """One `up`.

    Attributes:
        trouble: what Compose failed with while it made the containers.
    """

    def __init__(self, stage: Stage, watch: Watch, events: EventStream) -> None:
        self._stage, self._watch, self._events = stage, watch, events
        self._through_compose = started_by_compose(stage.stack)
        self._begun: set[str] = set()
        self._starts: list[Question[None]] = []
        self.trouble: RunFailed | None = None

    def carry_out(self, request: UpRequest, plan: Plan, *, wait: bool) -> Outcome:
        """Until every service is decided; without `wait` until everything is started that can be."""
        actions = {step.action for step in plan.steps}
        leaving = {step.subject for step in plan.steps if step.action == "recreate"}
        early = Early(self._stage, self._watch, self._events.wake)
        with early, together() as asking:
            builds = [step.subject for step in plan.steps if step.action == "build"]
            making = asking.ask(lambda: self._make(request, plan, builds)) if actions & _MAKES else None
            outcome = self._watch.look(self._events.wait(0))
            made_at = time.monotonic()
            self._watch.limit_s = self._watch.elapsed_s + request.timeout_s
            while True:
                if making is not None and making.ended(0):
                    making.answer()
                    making, made_at = None, time.monotonic()
                    self._watch.limit_s = self._watch.elapsed_s + request.timeout_s
                    self._watch.sight.again()  # Compose gives containers their names in the end
                    outcome = self._watch.look(self._events.wait(0))
                self._stage.changed(outcome if making is None else _without(leaving, outcome))
                if self.trouble is None and (making is None or actions <= _HARMLESS):
                    self._start(asking, outcome)
                if making is None and not self._busy():
                    if self.trouble or self._decided(outcome, wait=wait):
                        return outcome
                    if time.monotonic() - made_at >= request.timeout_s:
                        return replace(outcome, timed_out=True, limit_s=request.timeout_s)
                left_s = max(request.timeout_s - (time.monotonic() - made_at), 0.0) if making is None else 60.0
                awaited = needed(self._stage.stack, outcome.standings)
                due_s = early.consider(outcome.snapshot.containers, starting=self._busy(), awaited=awaited)
                pauses = [pause_s(outcome, left_s), *([due_s] if due_s is not None else [])]
                outcome = self._watch.look(self._events.wait(min(pauses)), waited_for(outcome))

    def _make(self, request: UpRequest, plan: Plan, builds: Sequence[str]) -> None:
        engine, project = self._stage.engine, self._stage.project
        try:
            for line in build(engine, project, self._stage.stack, builds) if builds else ():
                self._stage.tell(line)
            # All that is missing or stale is built. Compose 5 would build again what an image is built from, each time.
            request = replace(request, build=False, no_build=True)
            for wish in (*forced(request, plan), request):
                for line in engine.create(project, wish):
                    self._stage.tell(line)
        except RunFailed as error:
            self.trouble = error
        finally:
            self._events.wake()

    def _start(self, asking: Together, outcome: Outcome) -> None:
        names = [verdict.service for verdict in outcome.verdicts]
        for container in startable(self._stage.stack, names, outcome.standings):
            if container.id not in self._begun:
                self._begun.add(container.id)
                self._starts.append(asking.ask(lambda chosen=container: self._started(chosen)))  # type: ignore[misc]

    def _started(self, container: Container) -> None:
        try:
            if container.state == "paused":
                self._stage.engine.resume_container(container.id)
            elif container.service in self._through_compose:
                self._watch.starting.add(container.service)
                pre_start = self._stage.stack.service(container.service).pre_start
                self._stage.engine.start_service(self._stage.project, container.service, pre_start=pre_start)
            else:
                self._stage.engine.start_container(container.id)
        except RunFailed as error:
            words = error.words if isinstance(error, Refused) else ""
            if isinstance(error, HookFailed):
                self._watch.hooks[container.id] = error.what
            self._watch.refused[container.id] = words or "; ".join((error.what, *error.detail))
        finally:
            self._watch.starting.discard(container.service)
            self._events.wake()

    def _busy(self) -> bool:
        self._starts = [start for start in self._starts if not start.ended(0)]
        return bool(self._starts)

    def _decided(self, outcome: Outcome, *, wait: bool) -> bool:
        lost = {verdict.service for verdict in outcome.verdicts if verdict.standing is Standing.FAILED}
        if outcome.failed or not wait:
            # What does not need the failed one is started anyway, and is not waited for.
            return not set(outcome.standings.pending) - lost - held(self._stage.stack, outcome.standings)
        return outcome.up


def _without(services: Collection[str], outcome: Outcome) -> Outcome:
    """How it goes, without those whose containers are about to be other ones."""
    return replace(outcome, verdicts=tuple(v for v in outcome.verdicts if v.service not in services))
