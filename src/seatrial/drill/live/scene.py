"""The live side of a run of drills: the engine, what runs on it, and whom to ask to see or do something."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from seatrial.drill.live import guardian, tape
from seatrial.drill.live.kept import Kept
from seatrial.drill.live.recorder import Recorder
from seatrial.drill.live.turns import Turns
from seatrial.drill.service.subject import Subject
from seatrial.drill.unjudged import inconclusive, skip
from seatrial.engine import clock, inside
from seatrial.engine.apart import apart
from seatrial.engine.api.endpoint import far
from seatrial.errors import SeatrialError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatrial.drill.live.guardian import Guardian
    from seatrial.drill.live.reach import Way
    from seatrial.drill.live.tape import Tape
    from seatrial.drill.recording import Recording
    from seatrial.drill.service.extension.declared import Declared
    from seatrial.drill.verdict import Verdict
    from seatrial.engine import Engine
    from seatrial.engine.clock import Clock
    from seatrial.engine.inside import Inside
    from seatrial.engine.observed import Container
    from seatrial.project import Project
    from seatrial.stack import Stack


class Place(NamedTuple):
    """Where a drill is done: at a service, or (of an edge) at one that depends on another; "" is the whole stack."""

    service: str = ""
    dependency: str = ""

    def __str__(self) -> str:
        return f"{self.service} > {self.dependency}" if self.dependency else self.service


@dataclass(frozen=True, slots=True)
class Options:
    """What a run goes by.

    Attributes:
        tell: is told what is being done and what it waits for.
        helper_image: of the container that looks inside; "" finds or makes one.
        tries: whether fixes are tried on throw-away copies of containers.
        redact: takes out of a value what must not be shown, before anything is made of it.
    """

    tell: Callable[[str], None]
    deep: bool = False
    helper_image: str = ""
    redact: Callable[[Any], Any] | None = None
    tries: bool = True


@dataclass(frozen=True, slots=True)
class Scene:
    """What drills act on.

    Attributes:
        renewed: ids of containers that a drill has taken away to make them anew, with their services.
        ways: by service, or edge with a route of its own, where it answers, as far as that has been found out.
        kept: what was recorded in this run, for drills that judge what another one did.
        ran: ids of the containers that ran before the drills.
        one_shots: by service that was not there to run before the drills, why no drill applies.
        restarts: by container id its count of restarts when a drill that crashes had ended: more since are its own.
        finished: the verdicts on the drills that have ended, with their recordings; branches append to it.
        networks: whose addresses change hands, one drill at a time.
        shared: by id of a container that shares another one's network, the id of that one.
        machine: the one that the engine is on, where it is not this.
        apart: the kind of an engine on this one whose containers have their networks elsewhere (`rootless`).
        blind: why nothing can be seen inside of containers; "" when it can.
    """

    engine: Engine
    project: Project
    stack: Stack
    version: tuple[int, ...]
    declared: Declared
    clock: Clock
    tape: Tape
    guardian: Guardian
    options: Options
    machine: str = ""
    apart: str = ""
    blind: str = ""
    ways: dict[str, Way] = field(default_factory=dict, repr=False)
    ran: set[str] = field(default_factory=set, repr=False)
    one_shots: dict[str, str] = field(default_factory=dict, repr=False)
    restarts: dict[str, int] = field(default_factory=dict, repr=False)
    shared: dict[str, str] = field(default_factory=dict, repr=False)
    networks: Turns = field(default_factory=Turns, repr=False)
    kept: Kept = field(default_factory=Kept, repr=False)
    finished: list[tuple[Verdict, tuple[Recording, ...]]] = field(default_factory=list, repr=False)
    renewed: dict[str, str] = field(default_factory=dict, repr=False)
    _inside: Inside | None = field(default=None, repr=False)

    @property
    def deep(self) -> bool:
        """Whether to try what is only tried on request."""
        return self.options.deep

    def tell(self, text: str) -> None:
        """Say what is being done and what it waits for."""
        self.options.tell(text)

    @property
    def inside(self) -> Inside:
        """Raises `Unjudged` (SKIP) where no helper can run."""
        if self._inside is None:
            raise skip(self.blind)
        return self._inside

    @property
    def sees(self) -> bool:
        """Whether something can be seen inside of containers."""
        return self._inside is not None

    def container(self, service: str) -> Container | None:
        """The service's first container as it is now."""
        return next(iter(self.engine.snapshot(self.stack.name).of(service)), None)

    def any_service(self) -> str:
        """One that has a container: a drill of the whole stack is about none.

        Raises:
            Unjudged: INCONCLUSIVE, there is none; SKIP, none is wanted.
        """
        there = self.engine.snapshot(self.stack.name).services
        found = next((name for name in self.stack.names if name in there), "")
        if not found and not any(service.replicas for service in self.stack.services):
            raise skip("no container is wanted (scale: 0)")
        if not found:
            raise inconclusive("no service has a container: up")
        return found

    def subject(self, service: str) -> Subject:
        """The service as it is now: pid and addresses change with every start.

        Raises:
            Unjudged: INCONCLUSIVE, it has no container.
        """
        container = self.container(service)
        found = self.engine.facts([container.id]) if container else ()
        if not found:
            raise inconclusive(f"it has no container: up --service {service}")
        stack = replace(self.stack, resolved="")
        return Subject(stack, stack.service(service), found[0], self.version, self.declared.of(service))

    def recorder(self, drill: str, place: Place) -> Recorder:
        """Keeps what a drill sees."""
        return Recorder(self, drill, place)


@contextmanager
def opened(
    engine: Engine,
    project: Project,
    stack: Stack,
    declared: Declared,
    options: Options,
) -> Iterator[Scene]:
    """A scene for the time of the block. The events are read before anything is done; the helper is gone afterwards."""
    compared = clock.compared()
    with tape.recording(engine, stack.name, compared) as events, guardian.watching(events) as keeper:
        version, machine = _numbers(engine.about()), far(os.environ)
        kind = "" if machine else apart()
        scene = Scene(engine, project, stack, version, declared, compared, events, keeper, options, machine, kind)
        try:
            helper = inside.opened(stack.name, image=options.helper_image)
            seen = helper.__enter__()
        except SeatrialError as error:
            yield replace(scene, blind=error.what)
            return
        try:
            yield replace(scene, _inside=seen)
        finally:
            helper.__exit__(None, None, None)


def _numbers(version: str) -> tuple[int, ...]:
    plain = version.split("+", maxsplit=1)[0].split("-", maxsplit=1)[0]
    return tuple(int(part) for part in plain.split(".") if part.isdigit())
