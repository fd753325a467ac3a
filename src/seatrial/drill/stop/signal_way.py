"""Does the stop signal reach the process that does the work? By the kernel's masks of everybody on the way. Pure."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.service.anatomy import is_init, is_runner, is_shell, program, shown
from seatrial.drill.stop.ended import name_of
from seatrial.drill.stop.freed import exec_form, ignoring, of_shell
from seatrial.drill.verdict import Cause, Confidence, Finding, Grade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.service.anatomy import Anatomy
    from seatrial.engine.inside import Process

# Inits that end with their one child, and the container with them; others look after several.
_SINGLE = frozenset({"tini", "docker-init", "dumb-init", "catatonit"})
# They catch the signal whatever the program does with it.
_RUNTIMES = frozenset({"node", "java", "dotnet", "bun"})
# Go catches nearly all that there are.
_NEARLY_ALL = 40
# Signals whose default is to do nothing: CHLD, CONT, URG, WINCH.
_QUIET = frozenset({17, 18, 23, 28})


class Effect(Enum):
    """What a signal does to a process, as far as the kernel's masks tell."""

    DROPPED = auto()  # PID 1 without a handler: the kernel throws it away
    IGNORED = auto()  # on purpose, or inherited from `nohup` or `trap ''`
    ENDS = auto()
    TAKEN = auto()  # a handler, or it waits for the signal (sigwait, signalfd): what it does then is not seen


def effect(process: Process, number: int) -> Effect:
    """Of the signal on this process."""
    if process.ignores(number):
        return Effect.IGNORED
    if process.catches(number) or process.blocked >> (number - 1) & 1:
        return Effect.TAKEN
    if process.inner_pid == 1:
        return Effect.DROPPED
    return Effect.IGNORED if number in _QUIET else Effect.ENDS


def findings(found: Anatomy, number: int, *, serves: bool) -> Iterator[Finding]:
    """What is wrong on the way from PID 1 to the workload, or with the workload itself; at most one thing.

    `serves` tells whether somebody can be connected to it, who would be cut off.
    """
    workload = found.workload
    if workload is None:
        return
    if found.chain[0] is not found.first:
        yield Finding(Grade.WARN, f"{shown(workload)} was started by `docker exec`: no stop signal goes to it")
    elif found.between:
        nearest = found.between[0]
        reached = effect(nearest, number)
        passes = reached is Effect.TAKEN
        yield _up_to(nearest, workload, number) if passes else _swallowed(found, nearest, reached, number)
    else:
        yield from _at_the_end(found, workload, number, serves=serves)


def told(found: Anatomy, number: int) -> str:
    """The way in words, when nothing is wrong with it."""
    workload, name = found.workload, name_of(number)
    if workload is None:
        return ""
    way = tree(found)
    if effect(workload, number) is Effect.ENDS:
        return f"{name} gets to {way} and ends it at once; nobody is connected to it"
    if cannot_tell(workload):
        return f"{name} gets to {way}; what {program(workload)} does with it, graceful-stop shows"
    return f"{name} gets to {way}, which catches it"


def tree(found: Anatomy) -> str:
    """`tini (PID 1) > node (PID 7)`."""
    return " > ".join(shown(process) for process in found.chain)


def cannot_tell(process: Process) -> bool:
    """Whether a handler in the mask says nothing about the program: its runtime always has one."""
    return program(process) in _RUNTIMES or process.caught.bit_count() >= _NEARLY_ALL


def _up_to(process: Process, workload: Process, number: int) -> Finding:
    text = (
        f"{name_of(number)} gets to {shown(workload)} only when {shown(process)} passes it on: graceful-stop shows "
        f"whether it does; started directly, or with `exec`, nothing stands between"
    )
    return Finding(Grade.WARN, text)


def _swallowed(found: Anatomy, process: Process, reached: Effect, number: int) -> Finding:
    workload, name = found.chain[-1], name_of(number)
    above = found.chain[found.chain.index(process) - 1] if process is not found.first else None
    why = {
        Effect.DROPPED: f"the kernel drops a {name} that PID 1 does not catch (SigCgt {process.caught:016x})",
        Effect.IGNORED: (
            ignoring(process, workload if workload.ignores(number) else process, name)
            if is_shell(process)
            else f"{shown(process)} ignores {name} (SigIgn {process.ignored:016x})"
        ),
        Effect.ENDS: f"{name} ends {shown(process)}, which does not catch it, and {shown(workload)} is left behind",
    }[reached]
    evidence = [f"{tree(found)}: the last one does the work", why]
    certain = above is None or program(above) in _SINGLE
    if reached is Effect.ENDS and above is not None and is_init(above):
        evidence.append(
            f"{shown(above)} ends with its child, and the kernel kills the rest: fast, and not graceful"
            if certain
            else f"what {shown(above)} does then is up to its configuration"
        )
    kind = causes.SHELL_SWALLOWS if is_shell(process) and not is_runner(process) else causes.WRAPPER_SWALLOWS
    cause = Cause(
        kind,
        exec_form(workload, process, number, name),
        tuple(evidence),
        Confidence.CERTAIN if certain else Confidence.LIKELY,
    )
    return Finding(Grade.FAIL, f"{name} gets to {shown(process)} and not to {shown(workload)}, its child", cause)


def _at_the_end(found: Anatomy, workload: Process, number: int, *, serves: bool) -> Iterator[Finding]:
    reached, name = effect(workload, number), name_of(number)
    kind, fix = causes.NO_HANDLER, f"handle {name} in the program: stop accepting, answer what is in flight, exit"
    if is_shell(workload):
        kind, fix = causes.SHELL_SWALLOWS, of_shell(workload, number, name)
    if reached is Effect.IGNORED:
        seen = f"{shown(workload)}: SigIgn {workload.ignored:016x}, SigCgt {workload.caught:016x}"
        fix += (
            "" if is_shell(workload) else f"; see what starts it with `nohup` or `trap '' {name.removeprefix('SIG')}`"
        )
        yield Finding(Grade.FAIL, f"{shown(workload)} ignores {name}", Cause(kind, fix, (seen,)))
    elif reached is Effect.DROPPED:
        seen = f"{shown(workload)}: SigCgt {workload.caught:016x}; the kernel drops a signal that PID 1 does not catch"
        fix += "" if serves else "; if there is nothing to finish, `init: true` lets the signal end it"
        yield Finding(Grade.FAIL, f"{shown(workload)} does not catch {name}", Cause(kind, fix, (seen,)))
    elif reached is Effect.ENDS and serves:
        seen = f"{tree(found)}: SigCgt {workload.caught:016x} of the last one"
        text = f"{name} ends {shown(workload)} at once: it does not catch it, and requests in flight are cut off"
        yield Finding(Grade.WARN, text, Cause(kind, fix, (seen,)))
