"""Why a stop was not graceful: signatures in a recording (drills.md §6), each with its proof and its fix. Pure.

At most one cause is given. What is certain comes first: configuration and events, then the kernel's masks and the
experiment with the signal sent straight to the process, then patterns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.service.anatomy import is_shell, program, shown
from seatrial.drill.service.known import kind_of
from seatrial.drill.stop.case import NODE, said_since
from seatrial.drill.stop.ended import name_of, number_of
from seatrial.drill.stop.ended import stop as stop_of
from seatrial.drill.stop.freed import ignoring, of_shell
from seatrial.drill.stop.way import on_the_way
from seatrial.drill.traffic.classify import GUARD_NS
from seatrial.drill.traffic.request import CONNECTIONS
from seatrial.drill.verdict import Cause, Confidence
from seatrial.engine.stamps import nanoseconds
from seatrial.lifecycle.shell_text import is_idle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.recording import Recording
    from seatrial.drill.stop.case import Case
    from seatrial.engine.inside import Process

_FAST_S = 0.5
_GO_EXIT = 2
_JVM = "java"
_SIGNAL_BASE = 128
_KILLED = 137
_WORDS = 160
_CLOSES = (
    ("node", "server.close() with server.closeIdleConnections()"),
    ("nginx", "`worker_shutdown_timeout 5s;` in nginx.conf bounds how long it waits for them"),
    ("httpd", "`GracefulShutDownTimeout 5` bounds how long it waits for them"),
    ("python", "uvicorn has `--timeout-graceful-shutdown 5` for that, hypercorn `--graceful-timeout 5`"),
    ("java", "Spring Boot has `spring.lifecycle.timeout-per-shutdown-phase` for that"),
)


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
    else:
        yield from wrong_signal(case.recording)


def wrong_signal(recording: Recording) -> Iterator[Cause]:
    """A server says itself that it took the signal for another wish than an orderly end."""
    facts = recording.subject.facts
    kind, sent = kind_of(facts.image, facts.command), name_of(number_of(facts.stop_signal))
    ended = stop_of(recording)
    # A server may have said it before the engine tells of the signal.
    since = recording.clock.engines(ended.sent_ns) if ended else 0
    said = [line.text for line in recording.logs if nanoseconds(line.time) >= since]
    for sign in kind.wrong_stop if kind.signal not in ("", sent) else ():
        if line := next((text for text in said if sign.text in text), ""):
            evidence = (f"log: {line[:_WORDS]}", sign.meaning)
            yield Cause(causes.WRONG_STOP_SIGNAL, f"stop_signal: {kind.signal}", evidence)


def _in_the_program(case: Case) -> Iterator[Cause]:
    found, stop = case.anatomy, case.stop
    workload = found.workload
    if workload is not None and (not case.handles(workload) or _died_of_it(case)):
        yield _no_handler(case, workload)
        return
    if stop.killed:
        if workload is not None and _went_on(case, workload):
            seen = f"{shown(workload)} went on taking new connections until SIGKILL came, and said nothing"
            yield Cause(causes.NO_HANDLER, _handle(case), (seen,), Confidence.LIKELY)
        yield from _too_long(case)
        return
    left = _workers_left(case)
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
    """Whether an init tells that the signal itself ended its child, which said nothing and left work behind.

    The JVM ends like that however well it has handled the signal.
    """
    found = case.anatomy
    died = case.stop.exit_code == _SIGNAL_BASE + case.number and not said_since(case.recording)
    jvm = found.workload is not None and program(found.workload) == _JVM
    return found.init and not found.between and case.lost and died and not jvm


def _no_handler(case: Case, workload: Process) -> Cause:
    number = case.number
    if workload.catches(number) and _died_of_it(case):
        seen = f"{shown(workload)} was ended by {case.signal} itself, {case.stop.used_s or 0:.3f} s after it came"
        return Cause(causes.NO_HANDLER, _handle(case), (seen,), Confidence.LIKELY)
    shell = _shell(case, workload)
    if shell is not None:
        return _of_shell(case, shell, workload)
    if workload.ignores(number):
        seen = f"{shown(workload)} ignores {case.signal} (SigIgn {workload.ignored:016x})"
        fix = f"{_handle(case)}; see what starts it with `nohup` or `trap '' {case.signal.removeprefix('SIG')}`"
        return Cause(causes.NO_HANDLER, fix, (seen,))
    evidence, fix = [case.deaf(workload)], _handle(case)
    if workload.inner_pid == 1:
        evidence.append("the kernel drops a signal that PID 1 does not catch")
        if not case.recording.requests:
            fix += "; if there is nothing to finish, `init: true` lets the signal end it"
    return Cause(causes.NO_HANDLER, fix, tuple(evidence))


def _shell(case: Case, workload: Process) -> Process | None:
    """A shell that is to blame for the program below it, which has inherited its deafness, or is started ever anew."""
    if is_shell(workload):
        return workload
    shell = case.anatomy.shell
    if shell is None or shell.catches(case.number):
        return None
    inherited = workload.ignores(case.number) and shell.ignores(case.number)
    return shell if inherited or is_idle(program(workload)) else None


def _of_shell(case: Case, shell: Process, workload: Process) -> Cause:
    tree = " > ".join(shown(process) for process in case.anatomy.chain)
    if shell.ignores(case.number):
        evidence = [ignoring(shell, workload, case.signal)]
    else:
        evidence = [f"{tree}: the shell does not catch {case.signal} (SigCgt {shell.caught:016x})"]
        if shell.inner_pid == 1:
            evidence.append("the kernel drops a signal that PID 1 does not catch")
    return Cause(causes.SHELL_SWALLOWS, of_shell(shell, case.number, case.signal), tuple(evidence))


def _handle(case: Case) -> str:
    return f"handle {case.signal} in the program: stop accepting, answer what is in flight, exit"


def _went_on(case: Case, workload: Process) -> bool:
    """Whether a program, whose mask does not tell and was not seen after the signal, behaved as if none had come."""
    stop = case.stop
    if program(workload) != NODE or any(case.during()) or said_since(case.recording) or stop.killed_ns is None:
        return False
    begin, end = stop.signal_ns + GUARD_NS, stop.killed_ns
    begun = [r for r in case.recording.requests if r.connect_ns is not None and begin < r.connect_ns < end]
    return any(r.good for r in begun) and not any(r.error == "refused" for r in begun)


def _too_long(case: Case) -> Iterator[Cause]:
    held = _held_open(case)
    if held:
        seen = f"{held} of our connections, on which nothing was asked, were still open when SIGKILL came"
        yield Cause(causes.CONNECTIONS_HOLD_STOP, close_idle(case), (seen,), Confidence.LIKELY)
        return
    longer = case.stop.grace_s + 10
    fix = f"shorten what the program does after {case.signal}, or give it more: stop_grace_period: {longer}s"
    evidence = (f"it caught {case.signal} and was still busy after {case.stop.grace_s} s",)
    yield Cause(causes.DRAIN_EXCEEDS_GRACE, fix, evidence, Confidence.LIKELY)


def close_idle(case: Case) -> str:
    """How connections on which nothing is asked are closed on the signal, by what the program is."""
    facts, workload = case.recording.subject.facts, case.anatomy.workload
    names = {kind_of(facts.image, facts.command).name, program(workload) if workload else ""}
    how = next((f": {text}" for name, text in _CLOSES if any(one.startswith(name) for one in names)), "")
    return f"on {case.signal} close connections that are idle, and those that become so (`Connection: close`){how}"


def _held_open(case: Case) -> int:
    """Connections from before the signal that SIGKILL closed, when all requests had been answered."""
    stop = case.stop
    if case.lost or stop.killed_ns is None:
        return 0
    end = stop.killed_ns - GUARD_NS
    return sum(
        request.connected_ns is not None
        and request.connected_ns < stop.signal_ns
        and (request.done_ns is None or request.done_ns < end or request.lane in CONNECTIONS)
        and request.closed_ns is not None
        and request.closed_ns >= end
        for request in case.recording.requests
    )


def _workers_left(case: Case) -> tuple[Process, ...]:
    """Processes with the service's socket that were alive in the last look before PID 1 ended, and died with it."""
    looks = list(case.during())
    first = case.recording.samples[0] if case.recording.samples else None
    if not looks or first is None:
        return ()
    sockets = [s for s in first.sockets or () if s.state == "LISTEN" and s.local_port == case.recording.port]
    owners = {pid for socket in sockets for pid in socket.owners}
    return tuple(p for p in looks[-1].processes if p.pid in owners and p.inner_pid != 1 and p.state != "Z")
