"""Runs drills on the services of a stack: first those that only look, then those that act, branch by branch."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seatrial.drill.drill import Scope
from seatrial.drill.drills import DRILLS
from seatrial.drill.journal import redacted
from seatrial.drill.ledger import held
from seatrial.drill.live.bystanders import revive, running
from seatrial.drill.live.doubt import NOT_DONE, doubt, engine_lost
from seatrial.drill.live.engine_back import put_back
from seatrial.drill.live.joined import owners, rejoin
from seatrial.drill.live.restore import differences, look
from seatrial.drill.live.routes_back import repair, routes_of
from seatrial.drill.live.scene import Place
from seatrial.drill.live.settled import restored
from seatrial.drill.reconcile import reconcile
from seatrial.drill.recording import Refusal
from seatrial.drill.repeat import together
from seatrial.drill.unjudged import Unjudged
from seatrial.drill.unwanted import one_shots, unwanted
from seatrial.drill.verdict import Grade, Verdict
from seatrial.engine.clock import Clock
from seatrial.engine.together import answers
from seatrial.errors import EngineError, EngineUnreachable, SeatrialError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from seatrial.drill.drill import Drill
    from seatrial.drill.live.reach import Way
    from seatrial.drill.live.restore import Look
    from seatrial.drill.live.scene import Scene
    from seatrial.drill.recording import Recording
    from seatrial.stack import Stack

# Branches wait most of the time; more at once would disturb each other's measurements.
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Report:
    """The end of a run.

    Attributes:
        unrestored: what is not as it was before, a line each; empty is as it should be.
        machine: the one that the engine is on, where it is not this.
        apart: the kind of an engine on this one whose containers have their networks elsewhere.
        clock: the engine's against ours, as it was measured.
        asleep: the profiles that services are in, where none is active.
    """

    verdicts: tuple[Verdict, ...]
    recordings: tuple[Recording, ...] = ()
    unrestored: tuple[str, ...] = ()
    seconds: float = 0.0
    machine: str = ""
    clock: Clock = field(default_factory=Clock)
    asleep: tuple[str, ...] = ()
    apart: str = ""


def chosen(names: Iterable[str], *, deep: bool = False) -> tuple[Drill, ...]:
    """The drills called `names`, in the order of the list; the default set when empty, all with `deep`.

    Raises:
        UsageError: with the names that exist.
    """
    known = {drill.name: drill for drill in DRILLS}
    wanted = set(names)
    for name in sorted(wanted - set(known)):
        raise UsageError(f"no drill `{name}`", fix=f"use one of {', '.join(known)}; drill.list says what each does")
    if wanted:
        return tuple(drill for name, drill in known.items() if name in wanted)
    return tuple(drill for drill in DRILLS if drill.default or deep)


def run(scene: Scene, services: Sequence[str], drills: Sequence[Drill], *, repeat: int = 1) -> Report:
    """A verdict for each place and drill, in the order of services and drills. The stack is as before afterwards."""
    began = time.monotonic()
    before = look(scene.engine, scene.stack.name)
    scene.ran.update(running(before.snapshot))
    scene.one_shots.update(one_shots(scene.stack, before.snapshot))
    scene.shared.update(owners(before.facts.values()))
    scene.guardian.remember(scene.shared)
    quiet = [drill for drill in drills if drill.record is None]
    looking = [drill for drill in drills if drill.looks]
    acting = [drill for drill in drills if drill.acts]
    routes: dict[str, tuple[Way, ...]] = {}
    try:
        for service in services:
            for drill in quiet:
                _repeated(scene, drill, Place(service), 1)
        _branches(scene, [(service,) for service in services], looking, 1)
        routes = routes_of(scene, scene.stack.names) if acting else {}
        groups = branches(scene.stack, services)
        for scope in (Scope.SERVICE, Scope.EDGE):
            _branches(scene, groups, [drill for drill in acting if drill.scope is scope], repeat)
        for drill in acting:
            if drill.scope is Scope.STACK:
                _whole(scene, drill, services, repeat)
    except BaseException:
        _told(scene, before)
        raise
    unrestored = _restored(scene, before, routes)
    return replace(finished(scene, services, drills), unrestored=unrestored, seconds=time.monotonic() - began)


def finished(scene: Scene, services: Sequence[str], drills: Sequence[Drill]) -> Report:
    """The verdicts on the drills that have ended so far, in the order of services and drills."""
    done = list(scene.finished)
    order = {name: position for position, name in enumerate(["", *services])}
    ranks = {drill.name: position for position, drill in enumerate(drills)}
    done.sort(key=lambda pair: (order[pair[0].service], ranks[pair[0].drill], pair[0].dependency))
    recordings = tuple(recording for _, several in done for recording in several)
    alone = reconcile([verdict for verdict, _ in done], recordings)
    verdicts = tuple(held(verdict, scene.declared.of(verdict.service).known) for verdict in alone)
    return Report(verdicts, recordings, machine=scene.machine, clock=scene.clock, apart=scene.apart)


def _restored(scene: Scene, before: Look, routes: Mapping[str, tuple[Way, ...]]) -> tuple[str, ...]:
    """What is not as it was before, when all has been put back that can be."""
    if not scene.tape.lost:
        try:
            revive(scene)
            broken = repair(scene, routes)
            return (*restored(scene, before), *broken)
        except EngineUnreachable:
            if not engine_lost(scene):
                raise
    return put_back(scene, before)


def judged(recording: Recording, drills: Iterable[Drill] = DRILLS) -> Verdict:
    """The verdict on a recording, of this run or from a file.

    Raises:
        UsageError: it is of a drill that does not exist.
    """
    drill = next((drill for drill in drills if drill.name == recording.drill), None)
    if drill is None:
        raise UsageError(f"no drill `{recording.drill}`", fix="use the version of seatrial that made the recording")
    refusal = recording.refusal
    if refusal:
        return Verdict(drill.name, recording.service, refusal.grade, refusal.reason, dependency=recording.dependency)
    return drill.judge(recording)


def branches(stack: Stack, services: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The services in groups that no dependency joins: what is done to one disturbs nobody in another. Pure."""
    joined: list[set[str]] = []
    for service in stack.services:
        own = {service.name, *(edge.service for edge in service.depends_on)}
        touched = [group for group in joined if group & own]
        joined = [group for group in joined if not group & own] + [own.union(*touched)]
    groups = (tuple(name for name in services if name in group) for group in joined)
    return tuple(group for group in groups if group)


def _branches(scene: Scene, groups: Sequence[Sequence[str]], drills: Sequence[Drill], repeat: int) -> None:
    """All branches at once. Whatever ends this, every branch has put back its own before it is over."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        # In our context: what is told from there is redacted too.
        jobs = [pool.submit(copy_context().run, _branch, scene, group, drills, repeat) for group in groups]
        try:
            for _ in answers(jobs):
                pass
        except BaseException:
            scene.tape.interrupt()
            pool.shutdown(cancel_futures=True)
            raise


def _whole(scene: Scene, drill: Drill, services: Sequence[str], repeat: int) -> None:
    if set(services) != set(scene.stack.names):
        reason = "it is about all services at once: leave out --service"
        scene.finished.append((Verdict(drill.name, "", Grade.SKIP, reason), ()))
    else:
        _repeated(scene, drill, Place(), repeat)


def _told(scene: Scene, before: Look) -> None:
    """What a run that ends early leaves behind; nothing when it is all as before."""
    try:
        left = differences(before, look(scene.engine, scene.stack.name), scene.renewed.values())
    except SeatrialError:
        left = ("the engine cannot be asked; what is owed is put back when it answers within five minutes",)
    for line in left:
        scene.tell(f"NOT AS BEFORE: {line}")


def _branch(scene: Scene, services: Sequence[str], drills: Sequence[Drill], repeat: int) -> None:
    for name in services:
        service = scene.stack.service(name)
        for drill in drills:
            if drill.scope is Scope.SERVICE:
                _repeated(scene, drill, Place(name), repeat)
            elif drill.scope is Scope.EDGE:
                edges = [edge.service for edge in service.depends_on if edge.service in scene.stack.names]
                for edge in edges:
                    _repeated(scene, drill, Place(name, edge), repeat)


def _repeated(scene: Scene, drill: Drill, place: Place, repeat: int) -> None:
    began = time.monotonic()
    turns = [_once(scene, drill, place) for _ in range(repeat)]
    seconds = time.monotonic() - began
    verdict = replace(together([verdict for verdict, _ in turns]), seconds=seconds)
    if drill.acts and verdict.grade is not Grade.SKIP:
        grade = held(verdict, scene.declared.of(place.service).known).grade
        scene.tell(f"{f'{place}: ' if place.service else ''}{drill.name}: {grade} after {seconds:.1f} s")
    scene.finished.append((verdict, tuple(r for _, several in turns for r in several)))


def _once(scene: Scene, drill: Drill, place: Place) -> tuple[Verdict, tuple[Recording, ...]]:
    reason = scene.declared.of(place.service).skip.get(drill.name) or unwanted(scene.stack, place, scene.one_shots)
    if reason:
        return Verdict(drill.name, place.service, Grade.SKIP, reason, dependency=place.dependency), ()
    if scene.tape.lost:
        return Verdict(drill.name, place.service, Grade.INCONCLUSIVE, NOT_DONE, dependency=place.dependency), ()
    began = time.time_ns()
    try:
        recording = _recorded(scene, drill, place)
    except Unjudged as ended:
        grade, reason = ended.grade, ended.reason
    except SeatrialError as error:
        if isinstance(error, EngineError) and not engine_lost(scene):
            raise
        grade, reason = Grade.ERROR, " ".join((f"{error.what}:", *error.detail)) if error.detail else error.what
    else:
        doubtful = doubt(scene, place, began)
        if doubtful:
            recording = replace(recording, refusal=Refusal(Grade.INCONCLUSIVE, doubtful))
        if scene.options.redact:
            recording = redacted(recording, scene.options.redact)
        scene.kept.keep(drill.name, place, recording)
        return judged(recording), (recording,)
    doubtful = doubt(scene, place, began)
    if doubtful:
        grade, reason = Grade.INCONCLUSIVE, doubtful
    return Verdict(drill.name, place.service, grade, reason, dependency=place.dependency), ()


def _recorded(scene: Scene, drill: Drill, place: Place) -> Recording:
    if drill.record is None:
        return scene.recorder(drill.name, place).recording()
    if drill.acts and place.service:
        revive(scene, {place.service, place.dependency})
    try:
        return drill.record(scene, place)
    finally:
        if drill.acts and not scene.tape.lost:
            rejoin(scene, place)
