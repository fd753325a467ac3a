"""Why a service is not up, told so that nobody has to type `logs` and `inspect`."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.engine.api.endpoint import socket_path
from seatrial.lifecycle.missing_program import missing_program
from seatrial.lifecycle.readiness import NO_CHECK, NOT_STARTED, STARTS_AGAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from seatrial.engine.observed import Container
    from seatrial.engine.refusal import Refusal
    from seatrial.lifecycle.readiness import Verdict
    from seatrial.stack import Stack

LOG_LINES = 20
LONGEST_LINE = 500
# What runs a program and cannot says so in the container's log: runc, or an init process.
_NOT_RUN = re.compile(r"(?:\[FATAL tini \(\d+\)\] )?exec \S+(?: failed)?: ")
_HOOK = re.compile(r"its (pre_start|post_start) hook ended")
_MEANING = {
    125: "the engine could not run the container",
    126: "the command was found and cannot be executed",
    127: "the command was not found in the image",
    134: "aborted (SIGABRT)",
    137: "killed (SIGKILL)",
    139: "segmentation fault (SIGSEGV)",
    143: "ended by SIGTERM",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """One service that is not up.

    Attributes:
        refusal: the class of the engine's refusal to start it (`port-in-use`), `unknown` for a new one; "" for none.
        engine: the engine's own words of it.
        port: the host port that it asks for and another process has.
        health: what the last probe said, by line.
        log: its last lines, oldest first, each bounded.
        unlogged: why its log cannot be read; "" where it can.
        waits: services that cannot be up before it.
    """

    service: str
    reason: str
    fix: str
    container: str = ""
    exit_code: int | None = None
    oom_killed: bool = False
    health: tuple[str, ...] = ()
    log: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    refusal: str = ""
    engine: str = ""
    port: int | None = None
    unlogged: str = ""


def last_state(text: str) -> str:
    """What a terminal shows of a line in the end: a progress bar returns to its beginning and writes over itself."""
    return next((part for part in reversed(text.split("\r")) if part), "")


def bounded(text: str) -> str:
    """A log line as it is quoted: not longer than is read."""
    shown = last_state(text)
    rest = len(shown) - LONGEST_LINE
    return shown if rest <= 0 else f"{shown[:LONGEST_LINE]}... ({rest} more characters)"


def explain(verdict: Verdict, stack: Stack, log: Sequence[str], refusal: Refusal | None = None) -> Failure:
    """The failure behind a verdict that is not ready; `refusal` is why the engine would not start it."""
    container = verdict.container
    if refusal:
        return Failure(
            service=verdict.service,
            reason=f"{NOT_STARTED}: {refusal.reason}",
            fix=refusal.fix,
            container=container.name if container else "",
            waits=stack.waiting_for(verdict.service),
            refusal=refusal.kind,
            engine=refusal.words,
            port=refusal.port,
        )
    ended = container is not None and container.state in ("exited", "dead", "restarting")
    return Failure(
        service=verdict.service,
        reason=_reason(verdict, container, ended=ended),
        fix=_fix_of_silence(verdict, container, stack)
        if container and ended and not log
        else _fix(verdict, container, stack),
        container=container.name if container else "",
        exit_code=container.exit_code if container and ended else None,
        oom_killed=bool(container and container.oom_killed),
        health=_last_probe(container),
        log=collapsed(log[-LOG_LINES:]),
        waits=stack.waiting_for(verdict.service),
    )


def collapsed(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines with repetitions in a row told once, and how often."""
    runs = [(line, sum(1 for _ in same)) for line, same in groupby(lines)]
    return tuple(line if count == 1 else f"{line}  ({count} times)" for line, count in runs)


def _fix_of_silence(verdict: Verdict, container: Container, stack: Stack) -> str:
    """Of a container that ended and has logged nothing: there are no last lines to look at."""
    fix = _fix(verdict, container, stack)
    name, code = verdict.service, container.exit_code
    silent = f"make {name} say why it ends with exit code {code}: it logged nothing; then `up --service {name}`"
    return silent if "last lines" in fix else fix


def _reason(verdict: Verdict, container: Container | None, *, ended: bool) -> str:
    if container and ended and container.exit_code in _MEANING:
        return f"{verdict.reason} ({_MEANING[container.exit_code]})"
    return verdict.reason


def refusal_of(verdict: Verdict, refused: Mapping[str, str], names: Callable[[str], str] = str) -> Refusal | None:
    """Why the engine would not start the container: its answer to the start, else what it keeps of that.

    Args:
        verdict: of the service.
        refused: by container id, the engine's answer.
        names: puts names in the place of ids.
    """
    container = verdict.container
    if container is None or verdict.reason != NOT_STARTED:
        return None
    words = refused.get(container.id) or container.error
    return _classified(names(words), verdict.service) if words else None


def _classified(words: str, service: str) -> Refusal:
    from seatrial.engine.refusal import classify  # only a refusal needs it

    return classify(words, service, _is_directory)


def _not_run(service: str, log: Sequence[str]) -> Refusal | None:
    """Why the program of a container could not be run, by the last line of its log."""
    if not log or not _NOT_RUN.match(log[-1]):
        return None
    found = _classified(log[-1], service)
    return found if found.kind.startswith("command-") else None


def _is_directory(path: str) -> bool | None:
    """Whether it is one, where the engine's machine is this one."""
    try:
        found = Path(path)
        return found.is_dir() if socket_path(os.environ) and found.exists() else None
    except OSError:
        return None


def _last_probe(container: Container | None) -> tuple[str, ...]:
    if not container or not container.health or not container.health.probes:
        return ()
    probe = container.health.probes[-1]
    if probe.exit_code == 0:
        return ()
    return (f"exit code {probe.exit_code}", *(line for line in probe.output.strip().splitlines()[-5:] if line.strip()))


def _fix(verdict: Verdict, container: Container | None, stack: Stack) -> str:
    name = verdict.service
    if container is None:
        return f"see what Compose said above; `up --service {name}` tries it alone"
    if verdict.reason.endswith(NO_CHECK):
        return "give that one a `healthcheck`, or depend on it with `condition: service_started`"
    if hook := _HOOK.search(verdict.reason):
        return f"correct `{hook[1]}` of {name} in the compose file, then `seatrial restart --service {name}`"
    if container.oom_killed:
        return f"raise the memory limit of {name}, or find out why it needs more"
    if container.state == "paused":
        return f"docker compose -p {stack.name} unpause {name}"
    return _fix_of_container(verdict, container)


def _fix_of_container(verdict: Verdict, container: Container) -> str:
    name = verdict.service
    if verdict.reason == STARTS_AGAIN.format(container.restart_policy):
        return f"give {name} `restart: on-failure`: other services wait for it to end"
    if container.exit_code in (126, 127):
        return f"correct `command`, `entrypoint` or the image of {name}"
    if container.health and container.health.status != "healthy" and container.state == "running":
        if program := missing_program(container.health):
            return f"install {program} in the image of {name}, or write its health check with a program that it has"
        return f"make its health check pass (its last words are above); `logs --service {name} --follow` shows more"
    if container.state == "restarting" or (container.state == "running" and container.restart_count):
        return (
            f"correct what makes {name} end: `logs --service {name}` shows its runs; its restart policy goes on trying"
        )
    if container.state == "running":
        return f"wait longer for {name} with --timeout, or see what it does: logs --service {name} --follow"
    if container.exit_code == 0:
        return f"if {name} is a one-shot, take its ports and health check away; else keep it in the foreground"
    return f"its last lines say why; then `up --service {name}`"


def unready(
    verdicts: Sequence[Verdict],
    stack: Stack,
    tail: Callable[[str, int], Sequence[str]],
    refused: Mapping[str, str] | None = None,
    names: Callable[[str], str] = str,
) -> tuple[Failure, ...]:
    """A failure for each verdict, with its log lines read by `tail(container id, lines)`; `refusal_of` for the rest."""
    return tuple(_unready(verdict, stack, tail, refusal_of(verdict, refused or {}, names)) for verdict in verdicts)


def _unready(
    verdict: Verdict, stack: Stack, tail: Callable[[str, int], Sequence[str]], refusal: Refusal | None
) -> Failure:
    container = verdict.container
    # What was refused has logged nothing since; its log is of an earlier run.
    read = container and not refusal and container.state != "created"
    log = [bounded(line) for line in tail(container.id, LOG_LINES)] if container and read else ()
    failure = explain(verdict, stack, log, refusal)
    if read and not log:
        failure = _with_no_log(failure, stack)
    found = _not_run(verdict.service, failure.log)
    return replace(failure, reason=f"{verdict.reason}: {found.reason}", fix=found.fix) if found else failure


def _with_no_log(failure: Failure, stack: Stack) -> Failure:
    """Of all drivers only `none` keeps no copy that the engine can read."""
    driver = (stack.service_models().get(failure.service, {}).get("logging") or {}).get("driver")
    if driver != "none":
        return failure
    fix = f"remove `logging: {{driver: none}}` from {failure.service}, then `up --service {failure.service}` shows why"
    return replace(failure, unlogged="its log cannot be read: `logging: {driver: none}`", fix=fix)
