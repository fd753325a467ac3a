"""What a drill saw, as a value: enough to judge it again from a file. Times are in nanoseconds by our clock."""

from __future__ import annotations

from dataclasses import dataclass, field

from seatrial.drill.data.written import Found, Write
from seatrial.drill.image.build_context import BuildContext
from seatrial.drill.service.subject import Subject
from seatrial.drill.stop.stack import Talk
from seatrial.drill.traffic.request import Request, Trial
from seatrial.drill.verdict import Grade
from seatrial.engine.clock import Clock
from seatrial.engine.containers import Change
from seatrial.engine.copies import Difference
from seatrial.engine.images import Image
from seatrial.engine.inside import Process, Socket
from seatrial.engine.observed import Container, Event, LogLine

VERSION = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that we did or noticed ourselves."""

    at_ns: int
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """The processes of the container at one moment, and its sockets when they were asked for."""

    at_ns: int
    processes: tuple[Process, ...]
    sockets: tuple[Socket, ...] | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is nothing to judge: SKIP by design, INCONCLUSIVE by circumstances, ERROR by our own failure."""

    grade: Grade
    reason: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A fix that was tried: what a throw-away copy of the container had otherwise, and how that copy stopped."""

    difference: Difference
    recording: Recording


@dataclass(frozen=True, slots=True)
class Recording:
    """One run of one drill.

    Attributes:
        dependency: for drills of an edge, the service that was disturbed.
        machine: the one that the engine is on, where it is not this: traffic goes through ports published there.
        events: of the containers concerned, oldest first, their times converted to our clock.
        earlier: signals that went through the engine in this run of the container before that, as far as it remembers.
        logs: of the service's container, from the beginning of the recording.
        before: the container as it was before anything was done to it.
        ended: as it was when what was injected had taken effect.
        after: as it is now, brought back.
        image: of the container, without what is secret in it.
        build: what the build context says of the image; None for an image that is not built here.
        changes: paths outside of the mounts that the container has written; None when that was not asked.
        containers: in a drill of the whole stack, all that were stopped, as they were then.
        talks: who was seen talking to whom before that.
        asked: by service its requests, where several were under traffic.
        control: the same again with the signal sent straight to the workload (drills.md, D11).
        attempts: fixes that were tried on copies of the container.
        writes, found: what was written to it, and what was there in the end.
        overhead_s: what recording and probing themselves took, by part.
    """

    drill: str
    service: str
    subject: Subject
    dependency: str = ""
    machine: str = ""
    refusal: Refusal | None = None
    clock: Clock = field(default_factory=Clock)
    marks: tuple[Mark, ...] = ()
    events: tuple[Event, ...] = ()
    earlier: tuple[Event, ...] = ()
    trial: Trial | None = None
    port: int | None = None
    requests: tuple[Request, ...] = ()
    samples: tuple[Sample, ...] = ()
    containers: tuple[Container, ...] = ()
    talks: tuple[Talk, ...] = ()
    asked: dict[str, tuple[Request, ...]] = field(default_factory=dict)
    logs: tuple[LogLine, ...] = ()
    before: Container | None = None
    ended: Container | None = None
    after: Container | None = None
    image: Image | None = None
    build: BuildContext | None = None
    changes: tuple[Change, ...] | None = None
    control: Recording | None = None
    attempts: tuple[Attempt, ...] = ()
    writes: tuple[Write, ...] = ()
    found: Found | None = None
    overhead_s: dict[str, float] = field(default_factory=dict)
    version: int = VERSION

    def mark(self, what: str) -> Mark | None:
        """The first mark of that name."""
        return next((mark for mark in self.marks if mark.what == what), None)
