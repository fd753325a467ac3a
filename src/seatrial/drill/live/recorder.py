"""Keeps what a drill sees while it happens, and gives it as a recording."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from seatrial.drill.recording import Mark, Recording, Refusal, Sample
from seatrial.drill.unjudged import Unjudged, inconclusive
from seatrial.engine import containers
from seatrial.errors import HelperUnavailable, RunFailed
from seatrial.lifecycle.health_timing import first_probe_s

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from seatrial.drill.data.written import Found, Write
    from seatrial.drill.image.build_context import BuildContext
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.service.subject import Subject
    from seatrial.drill.stop.stack import Talk
    from seatrial.drill.traffic.generator import Traffic
    from seatrial.drill.traffic.request import Request, Target, Trial
    from seatrial.engine.containers import Change
    from seatrial.engine.images import Image
    from seatrial.engine.observed import Container, Event, LogLine

UNREADABLE = "its log cannot be read:"
_SAMPLE_S = 0.05
RATE = 20.0


class Recorder:
    """Used as a context: `Unjudged` that is raised inside becomes the recording's refusal."""

    def __init__(self, scene: Scene, drill: str, place: Place) -> None:
        self.scene, self.drill, self.place, self.service = scene, drill, place, place.service
        self.subject: Subject = scene.subject(place.service or scene.any_service())
        if not place.service:
            self.subject = replace(self.subject, extension=scene.declared.of(""))
        self.began_ns = time.time_ns()
        self.port: int | None = None
        self.before: Container | None = None
        self.ended: Container | None = None
        self.after: Container | None = None
        self.trial: Trial | None = None
        self.image: Image | None = None
        self.build: BuildContext | None = None
        self.changes: tuple[Change, ...] | None = None
        self.control: Recording | None = None
        self.writes: tuple[Write, ...] = ()
        self.found: Found | None = None
        self.containers: tuple[Container, ...] = ()
        self.talks: tuple[Talk, ...] = ()
        self.asked: dict[str, tuple[Request, ...]] = {}
        self.logs: tuple[LogLine, ...] = ()
        self.earlier: tuple[Event, ...] = ()
        self.overhead_s: dict[str, float] = {}
        self._marks: list[Mark] = []
        self._samples: list[Sample] = []
        self._requests: list[Request] = []
        self._refusal: Refusal | None = None
        self._others: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, Unjudged):
            self._refusal = Refusal(error.grade, error.reason)
            return True
        return False

    @property
    def patience_s(self) -> float:
        """How long to wait for the service to be steady: its budget, and the first probe of its health check."""
        check = self.subject.facts.check
        return self.subject.startup_budget_s + (first_probe_s(check, self.subject.engine) if check else 0)

    def mark(self, what: str, detail: str = "", at_ns: int | None = None) -> int:
        """Something was done or noticed, now or at `at_ns`; the time of it."""
        at_ns = at_ns or time.time_ns()
        self._marks.append(Mark(at_ns, what, detail))
        return at_ns

    def marked(self, what: str) -> bool:
        """Whether that was marked before."""
        return any(mark.what == what for mark in self._marks)

    def follow(self, *container_ids: str) -> None:
        """Keep the events of these containers too."""
        self._others += container_ids

    def sample(self, *, sockets: bool = False) -> Sample | None:
        """Look at the processes once; None where nothing can be seen."""
        if not self.scene.sees or not self.subject.facts.pid:
            return None
        began = time.perf_counter()
        at, pid = time.time_ns(), self.subject.facts.pid
        found = self.scene.inside.sockets(pid) if sockets else None
        taken = Sample(at, self.scene.inside.processes(pid), found)
        self._samples.append(taken)
        self.spent("samples", began)
        return taken

    @contextmanager
    def sampling(self) -> Iterator[None]:
        """Look at the processes every 50 ms or more seldom, for the time of the block; at sockets every tenth time."""
        over = threading.Event()

        def look() -> None:
            turn, took_s = 0, 0.0
            # Several recorders share one helper: looking may not take more than a part of the time.
            while not over.wait(max(_SAMPLE_S, 4 * took_s)):
                turn += 1
                began = time.perf_counter()
                try:
                    taken = self.sample(sockets=turn % 10 == 0)
                except HelperUnavailable:  # whoever has to see something says so
                    return
                took_s = time.perf_counter() - began
                if taken is None or not taken.processes:
                    return

        watcher = threading.Thread(target=look, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()

    @contextmanager
    def traffic(self, target: Target | None, rate: float = RATE) -> Iterator[Traffic | None]:
        """Requests to `target` for the time of the block, `rate` a second on each lane; nothing without one."""
        if target is None or self.trial is None:
            yield None
            return
        from seatrial.drill.traffic.generator import Traffic

        with Traffic(target, self.trial, rate=rate) as traffic:
            yield traffic
            self._requests += traffic.finish()

    @property
    def requests(self) -> tuple[Request, ...]:
        """What became of the requests until now."""
        return tuple(self._requests)

    def keep(self, requests: Iterable[Request]) -> None:
        """Keep what became of requests that were sent in another way."""
        self._requests += requests

    def renew(self) -> None:
        """Read what a start has changed: pid and addresses.

        Raises:
            Unjudged: INCONCLUSIVE, the container was removed.
        """
        found = self.scene.engine.facts([self.subject.facts.id])
        if not found:
            raise inconclusive("its container was removed during the drill")
        self.subject = replace(self.subject, facts=found[0])

    def read_logs(self) -> None:
        """What the container has written since the recording began; nothing where its log driver keeps nothing."""
        began = time.perf_counter()
        try:
            self.logs = containers.logs(self.subject.facts.id, self.scene.clock.engines(self.began_ns))
        except RunFailed as error:
            self.mark(UNREADABLE, error.what)
        self.spent("logs", began)

    def recording(self) -> Recording:
        """What was seen until now."""
        return Recording(
            drill=self.drill,
            service=self.service,
            subject=self.subject,
            dependency=self.place.dependency,
            refusal=self._refusal,
            clock=self.scene.clock,
            machine=self.scene.machine,
            marks=tuple(self._marks),
            events=self.scene.tape.since(self.began_ns, self.subject.facts.id, *self._others),
            earlier=self.earlier,
            trial=self.trial,
            port=self.port,
            requests=tuple(self._requests),
            samples=tuple(self._samples),
            containers=self.containers,
            talks=self.talks,
            asked=self.asked,
            logs=self.logs,
            before=self.before,
            ended=self.ended,
            after=self.after,
            image=self.image,
            build=self.build,
            changes=self.changes,
            control=self.control,
            writes=self.writes,
            found=self.found,
            overhead_s=dict(self.overhead_s),
        )

    def spent(self, part: str, began: float) -> None:
        """Recording or probing took from `began` (`perf_counter`) until now."""
        self.overhead_s[part] = self.overhead_s.get(part, 0.0) + time.perf_counter() - began
