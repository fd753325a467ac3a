"""`doctor`"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from seatrial.errors import DONE, SeatrialError, Several, UsageError
from seatrial.report import terminal
from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from seatrial.doctor.finding import Finding
    from seatrial.doctor.fixing.carry_out import Outcome
    from seatrial.doctor.project.watch_rules import Rules
    from seatrial.doctor.scene import Scene
    from seatrial.doctor.surroundings import Machine
    from seatrial.project import Project
    from seatrial.stack import Stack
    from seatrial.verbs._run import Run


@verb(
    help={
        "fix": "carry out the fixes that are safe, after showing them",
        "yes": "with --fix: without a question",
    }
)
def doctor(run: Run, *, fix: bool = False, yes: bool = False, json: bool = False) -> int:
    """Say what is in the way: machine, engine, network, project, compose file.

    Each finding says what was seen, why it matters and what to do. It ends with 1 when something failed; a warning is
    none. It works in any folder, also without an engine.
    """
    from seatrial.doctor.fixing.carry_out import Files
    from seatrial.report import doctor as show

    began = time.monotonic()
    files = Files()
    teller = show.Teller()
    found, scene = _examined(run, tell=None if json else teller.tell)
    teller.end()
    seconds = time.monotonic() - began  # not how long somebody thinks about the fixes
    fixable = [one for one in found if one.remedy]
    done: tuple[Outcome, ...] = ()
    if fix and fixable and not json:
        show.remedies(fixable, files, run.start)
    if fix and fixable and not run.dry:
        _agreed(len(fixable), yes=yes, seen=not json)
        done = _fixed(run, scene, fixable)
        far = [one for one in found if one.check in _FAR]
        found = [*_examined(run, tell=None, far=False)[0], *far]
    if json:
        answer = show.as_json(found, done, Files() if done else files, run.start)
        terminal.show_json({**answer, "project": scene.name or None, "seconds": round(seconds, 3)})
        return max(show.code(found), max((int(bool(one.trouble)) for one in done), default=DONE))
    bad = show.outcomes(done, found) if done else DONE
    return max(bad, show.ending(found, seconds))


def _examined(run: Run, *, tell: Callable[[Finding], None] | None, far: bool = True) -> tuple[Sequence[Finding], Scene]:
    from seatrial.doctor.check import checked
    from seatrial.doctor.checks import CHECKS
    from seatrial.doctor.look import looking
    from seatrial.doctor.surroundings import machine

    found = []
    with looking() as looks:
        at = machine(looks, os.environ, run.start, run.engine, far=far)
        scene = _scene(run, at, far=far)
        for finding in checked(scene, CHECKS if far else [check for check in CHECKS if check.name not in _FAR]):
            found.append(finding)
            if tell:
                tell(finding)
    return found, scene


# What cannot have changed by a fix, and takes long.
_FAR = ("registry", "names")


def _scene(run: Run, machine: Machine, *, far: bool) -> Scene:
    """The project, when there is one, and its environment. Asked here and in no thread: secrets are kept by it."""
    from seatrial.doctor.scene import Scene

    try:
        project = run.project
    except SeatrialError as absent:
        return Scene(machine, absent=absent, far=far)

    def watched(stack: Stack) -> Rules:
        return _watched(project, stack, run.start)

    try:
        return Scene(machine, project, examination=run.environment(), far=far, watched=watched)
    except SeatrialError as refused:
        return Scene(machine, project, refused=refused, far=far)


def _watched(project: Project, stack: Stack, start: Path) -> Rules:
    from seatrial.doctor.project.watch_rules import Rules
    from seatrial.verbs._watch_rules import rules
    from seatrial.watch.rules import notes

    try:
        return Rules(rules(project, stack, start, everything=True), notes(stack))
    except Several as refused:
        return Rules(refused=refused.each)
    except SeatrialError as refused:
        return Rules(refused=(refused,))


def _agreed(count: int, *, yes: bool, seen: bool) -> None:
    """Raises `UsageError` when nobody says so."""
    if yes:
        return
    if seen and terminal.terminal():
        if terminal.ask(f"\ncarry out {'this fix' if count == 1 else f'these {count} fixes'}?"):
            return
        raise UsageError("nothing was changed: the answer was no", fix="do by hand what is told above, or say yes")
    raise UsageError("nothing was changed: there is nobody to ask", fix="doctor --fix --yes")


def _fixed(run: Run, scene: Scene, fixable: Sequence[Finding]) -> tuple[Outcome, ...]:
    from seatrial.doctor.fixing.carry_out import carry_out

    files = scene.project.files if scene.project else ()
    remedies = [(one.check, one.remedy) for one in fixable if one.remedy]
    return carry_out(remedies, files, lambda: run.engine.stack(run.project).parsed())
