"""Why a service is not up, told so that nobody has to type `logs` and `inspect`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from seatrial.lifecycle.readiness import NO_CHECK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seatrial.engine.observed import Container
    from seatrial.lifecycle.readiness import Verdict
    from seatrial.stack import Stack

LOG_LINES = 20
_TAKEN = re.compile(
    r"Bind for (?P<ip>[\d.:\[\]]+):(?P<port>\d+) failed: port is already allocated|"
    r"listen tcp4? (?P<ip2>[\d.]+):(?P<port2>\d+): bind: address already in use"
)
_FORBIDDEN = re.compile(r"listen (?:tcp|udp)[46]? \S+:(?P<port>\d+): bind: permission denied")
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
        health: what the last probe said, by line.
        log: its last lines, oldest first.
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


def explain(verdict: Verdict, stack: Stack, log: Sequence[str]) -> Failure:
    """The failure behind a verdict that is not ready."""
    container = verdict.container
    ended = container is not None and container.state in ("exited", "dead", "restarting")
    return Failure(
        service=verdict.service,
        reason=_reason(verdict, container, ended=ended),
        fix=_fix(verdict, container, stack),
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


def _reason(verdict: Verdict, container: Container | None, *, ended: bool) -> str:
    if container and container.error:
        return f"{verdict.reason}: {plain_error(container.error)}"
    if container and ended and container.exit_code in _MEANING:
        return f"{verdict.reason} ({_MEANING[container.exit_code]})"
    return verdict.reason


def plain_error(error: str) -> str:
    """The last link of the engine's chain of causes; the links before it name its own parts (shim, runc, endpoint)."""
    text = error.removesuffix(": unknown")
    for link in ("unable to start container process: ", "error during container init: ", "): ", "userland proxy: "):
        text = text.rpartition(link)[2]
    return text


def _last_probe(container: Container | None) -> tuple[str, ...]:
    if not container or not container.health or not container.health.probes:
        return ()
    probe = container.health.probes[-1]
    if probe.exit_code == 0:
        return ()
    return (f"exit code {probe.exit_code}", *(line for line in probe.output.strip().splitlines()[-5:] if line.strip()))


def taken_port(error: str) -> int | None:
    """The port that the engine's error text says is taken."""
    found = _TAKEN.search(error)
    return int(found["port"] or found["port2"]) if found else None


def _fix(verdict: Verdict, container: Container | None, stack: Stack) -> str:
    name = verdict.service
    if container is None:
        return f"see what Compose said above; `up --service {name}` tries it alone"
    if verdict.reason.endswith(NO_CHECK):
        return "give that one a `healthcheck`, or depend on it with `condition: service_started`"
    said = f"{container.error} {verdict.reason}"  # the engine's words are in the second before it keeps the first
    if (port := taken_port(said)) is not None:
        return f"stop what holds port {port}, or publish another one for {name}"
    if forbidden := _FORBIDDEN.search(said):
        return _fix_of_forbidden(name, forbidden["port"])
    if "no space left on device" in container.error:
        return "free some of the engine's disk: `docker system df` shows what takes it"
    if container.oom_killed:
        return f"raise the memory limit of {name}, or find out why it needs more"
    if container.state == "paused":
        return f"docker compose -p {stack.name} unpause {name}"
    return _fix_of_container(name, container)


def _fix_of_forbidden(name: str, port: str) -> str:
    return (
        f"publish one from 1024 on for {name}: a rootless engine may have no other; or, as root,"
        f" sysctl net.ipv4.ip_unprivileged_port_start={port}"
    )


def _fix_of_container(name: str, container: Container) -> str:
    if container.error or container.exit_code in (126, 127):
        return f"correct `command`, `entrypoint` or the image of {name}"
    if container.health and container.health.status != "healthy" and container.state == "running":
        return f"make its health check pass (its last words are above); `logs --service {name} --follow` shows more"
    if container.state == "running":
        return f"wait longer for {name} with --timeout, or see what it does: logs --service {name} --follow"
    if container.state == "created":
        return f"correct what the engine refuses about {name} (its words are above) in the compose file"
    if container.exit_code == 0:
        return f"if {name} is a one-shot, take its ports and health check away; else keep it in the foreground"
    return f"its last lines say why; then `up --service {name}`"


def unready(
    verdicts: Sequence[Verdict], stack: Stack, tail: Callable[[str, int], Sequence[str]]
) -> tuple[Failure, ...]:
    """A failure for each verdict, with its log lines read by `tail(container id, lines)`."""
    return tuple(
        explain(v, stack, tail(v.container.id, LOG_LINES) if v.container and v.container.state != "created" else ())
        for v in verdicts
    )
