"""Why a stop was not graceful: signatures in a recording (drills.md §6), each with its proof and its fix. Pure.

At most one cause is given. What is certain comes first: configuration and events, then the kernel's masks and the
experiment with the signal sent straight to the process, then patterns.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.anatomy import Anatomy, anatomy, is_init, program, shown
from seatrial.drill.known import kind_of
from seatrial.drill.stop import name_of, number_of
from seatrial.drill.verdict import Cause, Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.recording import Recording
    from seatrial.drill.stop import Stop
    from seatrial.engine.inside import Process

_FAST_S = 0.5
_NODE = "node"
_GO_EXIT = 2
_AT_ONCE_S = 0.03
_SIGNAL_BASE = 128
_KILLED = 137


def cause(case: Case) -> Cause | None:
    """The main cause; None when nothing fits."""
    return next(_causes(case), None)


def _causes(case: Case) -> Iterator[Cause]:
    yield from _by_events(case)
    yield from on_the_way(case)
    yield from _in_the_program(case)


def _by_events(case: Case) -> Iterator[Cause]:
    stop = case.stop
    if stop.out_of_memory:
        limit = case.recording.subject.facts.memory_limit
        seen = f"the engine reported `oom`; limit {limit / 2**20:.0f} MiB" if limit else "the engine reported `oom`"
        yield Cause(causes.OOM_DURING_STOP, "raise the memory limit: the shutdown needs more than the work", (seen,))
    elif stop.killed and stop.grace_s == 0:
        fix = "stop_grace_period: 10s (whole seconds: Compose cuts the fraction off), then up"
        yield Cause(causes.GRACE_TRUNCATED, fix, ("0 s of grace in force: SIGKILL follows the signal at once",))
    elif stop.exit_code == _KILLED and not stop.killed:
        seen = "exit 137, and the engine sent no SIGKILL and reported no `oom`"
        fix = "find who sends SIGKILL (the entrypoint, another tool), or why the program itself exits with 137"
        yield Cause(causes.FOREIGN_KILL, fix, (seen,), Confidence.LIKELY)


def _in_the_program(case: Case) -> Iterator[Cause]:
    found, stop = case.anatomy, case.stop
    workload = found.workload
    if workload is not None and (not case.handles(workload) or _died_of_it(case)):
        yield _no_handler(case, workload)
        return
    if stop.killed:
        yield from _too_long(case)
        return
    left = _left_alive(case)
    if left and not found.between:
        names = ", ".join(sorted({shown(process) for process in left}))
        fix = "let the first process wait for its workers after the signal (process manager's setting)"
        yield Cause(causes.WORKERS_ABANDONED, fix, (f"alive when PID 1 left: {names}",), Confidence.LIKELY)
        return
    if stop.exit_code == _GO_EXIT and stop.used_s is not None and stop.used_s < _FAST_S:
        fix = "ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM); then srv.Shutdown(ctx)"
        evidence = ("exit 2 at once: a Go program as PID 1 without a handler ends so",)
        yield Cause(causes.NO_HANDLER, fix, evidence, Confidence.LIKELY)
        return
    if case.lost:
        fix = "on the signal: stop accepting, answer what is in flight, then exit"
        facts = case.recording.subject.facts
        kind = kind_of(facts.image, facts.command)
        if kind.signal not in ("", case.signal):
            evidence = (f"{kind.name} finishes its work on {kind.signal}, and got {case.signal}",)
            yield Cause(causes.WRONG_STOP_SIGNAL, f"stop_signal: {kind.signal}", evidence)
            return
        evidence = (f"exit {stop.exit_code} after {stop.used_s or 0:.3f} s, with requests unanswered",)
        confidence = Confidence.CERTAIN if workload is not None and not found.between else Confidence.LIKELY
        yield Cause(causes.EXITS_WITHOUT_DRAINING, fix, evidence, confidence)


def _died_of_it(case: Case) -> bool:
    """Whether an init tells that the signal itself ended its child at once, and took work with it."""
    number, used = case.number, case.stop.used_s
    quick = used is not None and used < _AT_ONCE_S
    return case.anatomy.init and case.lost and quick and case.stop.exit_code == _SIGNAL_BASE + number


def _no_handler(case: Case, workload: Process) -> Cause:
    number = case.number
    if workload.catches(number) and _died_of_it(case):
        seen = f"{shown(workload)} was ended by {case.signal} itself, {case.stop.used_s or 0:.3f} s after it came"
        fix = f"handle {case.signal} in the program: stop accepting, answer what is in flight, exit"
        return Cause(causes.NO_HANDLER, fix, (seen,), Confidence.LIKELY)
    ignored = "ignores" if workload.ignores(number) else "does not catch"
    evidence = [f"{shown(workload)} {ignored} {case.signal} (SigCgt {workload.caught:016x})"]
    if workload.inner_pid == 1:
        evidence.append("the kernel drops a signal that PID 1 does not catch")
    fix = f"handle {case.signal} in the program: stop accepting, answer what is in flight, exit"
    if not case.recording.requests:
        fix += "; if there is nothing to finish, `init: true` lets the signal end it"
    return Cause(causes.NO_HANDLER, fix, tuple(evidence))


def _too_long(case: Case) -> Iterator[Cause]:
    open_until_the_end = _held_open(case)
    if open_until_the_end:
        seen = f"{open_until_the_end} connections were still open when SIGKILL came, and no request was unanswered"
        fix = "close idle connections on the signal: server.closeIdleConnections(), --timeout-graceful-shutdown"
        yield Cause(causes.CONNECTIONS_HOLD_STOP, fix, (seen,), Confidence.LIKELY)
        return
    longer = case.stop.grace_s + 10
    fix = f"shorten what the program does after {case.signal}, or give it more: stop_grace_period: {longer}s"
    evidence = (f"it caught {case.signal} and was still busy after {case.stop.grace_s} s",)
    yield Cause(causes.DRAIN_EXCEEDS_GRACE, fix, evidence, Confidence.LIKELY)


def _held_open(case: Case) -> int:
    """How many of our connections were open in the last look at sockets, when all requests had been answered."""
    if case.lost:
        return 0
    late = [s for s in case.recording.samples if s.sockets is not None and s.at_ns > case.stop.signal_ns]
    if not late or case.recording.port is None:
        return 0
    return sum(s.state == "ESTABLISHED" and s.local_port == case.recording.port for s in late[-1].sockets or ())


def _left_alive(case: Case) -> tuple[Process, ...]:
    """Processes other than PID 1 in the last look before the end, which the kernel killed with it."""
    ended = case.stop.ended_ns
    before = [s for s in case.recording.samples if s.processes and (ended is None or s.at_ns <= ended)]
    if not before or before[-1].at_ns < case.stop.signal_ns:
        return ()
    return tuple(p for p in before[-1].processes if p.inner_pid != 1 and p.state != "Z" and not is_init(p) and p.parent)
