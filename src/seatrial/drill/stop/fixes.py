"""Fixes as experiments: what can be tried for a cause on a copy of the container, and what the trials showed. Pure."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.service.anatomy import arguments, is_init, is_shell, program, shown
from seatrial.drill.service.group_signal import to_single_child
from seatrial.drill.service.known import kind_of
from seatrial.drill.stop.case import NODE, Case, complaints
from seatrial.drill.stop.ended import name_of, stop
from seatrial.drill.stop.freed import compose_form, direct_command, is_loop, is_script
from seatrial.drill.verdict import Cause, Confidence
from seatrial.engine.copies import Difference
from seatrial.lifecycle.shell_text import is_idle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatrial.drill.recording import Attempt, Recording
    from seatrial.engine.inside import Process

TRIED, NOT_TRIED = "tried on a copy of the container", "not tried"
# How much longer than the grace a copy may take to show what it needs.
_MORE_S, _LONGEST_S = 5, 60
_MOST, _SEVERAL = 3, 3
_OTHER_SIGNALS = (15, 2, 3)
_DRAINS = (causes.DRAIN_EXCEEDS_GRACE, causes.CONNECTIONS_HOLD_STOP)
_WAYS = (causes.SHELL_SWALLOWS, causes.WRAPPER_SWALLOWS, causes.NO_HANDLER, causes.WORKERS_ABANDONED)


def candidates(case: Case, found: Cause) -> tuple[Difference, ...]:
    """What may make the stop a good one, the best first."""
    return tuple(dict.fromkeys(_candidates(case, found)))[:_MOST]


def signal_of_manual(case: Case) -> tuple[Difference, ...]:
    """The stop signal that the manual of a known server names, where it gets another one."""
    facts = case.recording.subject.facts
    kind = kind_of(facts.image, facts.command)
    return (Difference(signal=kind.signal),) if kind.signal not in ("", case.signal) else ()


def wording(difference: Difference) -> str:
    """The change as it is written in a compose file."""
    lines = []
    if difference.command is not None:
        lines.append(f"entrypoint: [] with command: {json.dumps(list(difference.command))}")
    if difference.signal is not None:
        lines.append(f"stop_signal: {difference.signal}")
    if difference.init is not None:
        lines.append("init: true" if difference.init else "init: false")
    if difference.grace_s is not None:
        lines.append(f"stop_grace_period: {difference.grace_s}s")
    return " and ".join(lines)


def settle(found: Cause, case: Case, is_good: Callable[[Recording], bool], lost: Callable[[Recording], str]) -> Cause:
    """Return the cause with the fix that worked; fixes that did not help are no longer proposed."""
    attempts = case.recording.attempts
    good = next((attempt for attempt in attempts if is_good(attempt.recording)), None)
    failed = tuple(outcome(attempt, lost, good=False) for attempt in attempts if attempt is not good)
    if good is not None:
        return _proven(found, case, good, failed, lost)
    if not attempts:
        return found
    if all(attempt.recording.refusal for attempt in attempts):
        return replace(found, evidence=(*found.evidence, *failed))
    return replace(found, fix=_without(found, case), evidence=(*found.evidence, *failed))


def sufficient_grace_s(used_s: float) -> int:
    """A grace period of which a stop that takes `used_s` uses less than half: whole seconds, as Compose counts."""
    return math.floor(2 * used_s) + 1


def _candidates(case: Case, found: Cause) -> Iterator[Difference]:
    if found.id in _DRAINS and case.stop.killed and case.stop.grace_s < _LONGEST_S:
        yield Difference(grace_s=_longer_s(case.stop.grace_s))
    if found.id in (*_DRAINS, causes.WRONG_STOP_SIGNAL, causes.EXITS_WITHOUT_DRAINING):
        yield from signal_of_manual(case)
    yield from _single_child(case)
    if found.id in _WAYS:
        yield from _other_signals(case)
        yield from _commands(case)
        yield from _init(case, found)


def _longer_s(grace_s: int) -> int:
    return min(grace_s + _MORE_S, _LONGEST_S)


def _other_signals(case: Case) -> Iterator[Difference]:
    """Other stop signals that the first program catches, when it does not catch the one that it gets."""
    first = next((process for process in case.anatomy.chain if not is_init(process)), None)
    if first is None or first.catches(case.number) or program(first) == NODE or is_shell(first):
        return
    yield from (Difference(signal=name_of(n)) for n in _OTHER_SIGNALS if n != case.number and first.catches(n))


def _single_child(case: Case) -> Iterator[Difference]:
    """The same init, which signals its child alone and not all processes at once."""
    first, command = case.anatomy.first, case.recording.subject.facts.command
    if first is None or not is_init(first) or len(case.recording.samples[0].processes) < _SEVERAL:
        return
    if changed := to_single_child(first, command):
        yield Difference(command=changed)


def _commands(case: Case) -> Iterator[Difference]:
    """The service without the process that keeps the signal from it."""
    chain = case.anatomy.chain
    who = next((process for process in chain[:-1] if not is_init(process)), None)
    if who is None or not case.anatomy.workload:
        return
    workload, before = case.anatomy.workload, _before(case, who)
    if before is None:
        return
    handled = case.handles(workload)
    init = None if handled or case.anatomy.init else True
    if is_idle(program(workload)) or is_loop(workload, who) or is_script(who):
        return
    # What a shell ignores, its programs ignore too, also through `exec`.
    kept = () if who.ignores(case.number) else direct_command(workload, who)
    for command in dict.fromkeys((kept, arguments(workload))):
        if command:
            yield Difference(command=(*before, *command), init=init)


def _before(case: Case, who: Process) -> tuple[str, ...] | None:
    """What stands before it in the command of the container: an init of the image; None where it is not found there."""
    command, own = case.recording.subject.facts.command, who.command
    if not own or command[-len(own) :] != own:
        # The kernel shows a script with its interpreter, and a program started by PATH as it was called.
        return () if case.anatomy.first is who else None
    return command[: -len(own)]


def _init(case: Case, found: Cause) -> Iterator[Difference]:
    workload = case.anatomy.workload
    if found.id != causes.NO_HANDLER or workload is None or workload.inner_pid != 1 or is_shell(workload):
        return
    if not workload.ignores(case.number):
        yield Difference(init=True)


def _proven(
    found: Cause, case: Case, good: Attempt, failed: tuple[str, ...], lost: Callable[[Recording], str]
) -> Cause:
    shown_change, seen = good.difference, _seen(good, lost)
    kind = found.id
    if shown_change.grace_s is not None:
        ended = stop(good.recording)
        number = sufficient_grace_s(ended.used_s or 0 if ended else 0)
        seen = f"needs {ended.used_s or 0 if ended else 0:.1f} s, {case.stop.grace_s} s are in force; {seen}"
        shown_change = replace(shown_change, grace_s=number)
        kind = causes.DRAIN_EXCEEDS_GRACE if kind != causes.CONNECTIONS_HOLD_STOP else kind
    if shown_change.signal is not None and not _is_default(case, shown_change.signal):
        kind = causes.WRONG_STOP_SIGNAL
    fix = f"{_fix_text(shown_change, good)}; {TRIED}: {seen}"
    fix += f"; or {found.fix}" if kind == causes.CONNECTIONS_HOLD_STOP else ""
    return replace(found, id=kind, fix=fix, evidence=(*found.evidence, *failed), confidence=Confidence.CERTAIN)


def _is_default(case: Case, signal: str) -> bool:
    """Whether a program catches that signal only because its runtime does, as Python does for KeyboardInterrupt."""
    workload = case.anatomy.workload
    return signal == "SIGINT" and workload is not None and program(workload).startswith("python")


def _fix_text(change: Difference, good: Attempt) -> str:
    command = good.difference.command
    if command is None:
        return wording(change)
    init = " and `init: true`" if change.init else ""
    return f"CMD {json.dumps(list(command))} in the Dockerfile (or {compose_form(command)}){init}"


def _without(found: Cause, case: Case) -> str:
    """The fix when what could be tried did not help."""
    first = case.anatomy.first
    if any(attempt.difference.grace_s for attempt in case.recording.attempts):
        who = restarter(case)
        if who:
            return f"{who}: make it end with its child once {case.signal} has come; no grace period is long enough"
        if found.id == causes.CONNECTIONS_HOLD_STOP:
            return found.fix
        why = "".join(f"; its {line}" for line in complaints(case.recording)[-1:])
        return (
            f"shorten what the program does after {case.signal}: no grace period up to "
            f"{max(a.difference.grace_s or 0 for a in case.recording.attempts)} s was long enough on a copy{why}"
        )
    if found.id == causes.WRONG_STOP_SIGNAL:
        return f"on {case.signal}: stop accepting, answer what is in flight, then exit; no other stop signal was better"
    who_text = shown(first) if first else "PID 1"
    if found.id in (causes.SHELL_SWALLOWS, causes.WRAPPER_SWALLOWS):
        return f"no fix was found that works: what {who_text} starts has to be changed by hand ({found.fix})"
    return found.fix


def restarter(case: Case) -> str:
    """The process that restarted an ended program during the stop, of the service or a copy; "" for none."""
    tried = (attempt.recording for attempt in case.recording.attempts)
    return next((text for recording in (case.recording, *tried) if (text := _restarter(recording))), "")


def _restarter(recording: Recording) -> str:
    ended = stop(recording)
    if ended is None or not recording.samples:
        return ""
    before = recording.samples[0].processes
    pids = {(process.pid, process.start_ticks) for process in before}
    commands = {process.command for process in before if process.inner_pid != 1 and process.command}
    for sample in Case(recording, ended, lost=False).during():
        for process in sample.processes:
            if (process.pid, process.start_ticks) not in pids and process.command in commands:
                parent = next((one for one in sample.processes if one.pid == process.parent), None)
                return f"{shown(parent) if parent else 'its parent'} started {program(process)} again during the stop"
    return ""


def outcome(attempt: Attempt, lost: Callable[[Recording], str], *, good: bool) -> str:
    """What came of a trial, in words."""
    if attempt.recording.refusal:
        return f"{NOT_TRIED}: {wording(attempt.difference)}: {attempt.recording.refusal.reason}"
    if good:
        return f"{TRIED}: {_seen(attempt, lost)}"
    return f"tried on a copy, no help: {wording(attempt.difference)}: {_seen(attempt, lost)}"


def _seen(attempt: Attempt, lost: Callable[[Recording], str]) -> str:
    ended = stop(attempt.recording)
    if ended is None or ended.used_s is None:
        return "it did not end"
    how = f"SIGKILL after {ended.used_s:.1f} s" if ended.killed else f"stops in {ended.used_s:.1f} s"
    return f"{how}, exit {ended.exit_code}, {lost(attempt.recording)}"
