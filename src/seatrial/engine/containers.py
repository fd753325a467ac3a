"""What drills do to single containers, by id: the docker client, each call with a limit.

`docker compose` would recreate what has changed and restart what depends on it; a drill measures what runs.
Every function may raise `RunFailed` and `EngineUnreachable`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from seatrial.engine import inspect, translate
from seatrial.engine.child import CLIENT_LIMIT_S, answer
from seatrial.engine.log_stream import log_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.engine.attached import Network
    from seatrial.engine.observed import Event, LogLine


class Change(NamedTuple):
    """A path in the container's own layer: `kind` is A added, C changed or D deleted."""

    kind: str
    path: str


def stop(container_id: str, limit_s: float) -> None:
    """With the signal and the grace period that are in force; `limit_s` must be longer than the latter."""
    asked(["stop", container_id], doing="stop the container", limit_s=limit_s)


def start(container_id: str) -> None:
    asked(["start", container_id], doing="start the container")


def restart(container_id: str, limit_s: float) -> None:
    """Stop and start; `limit_s` as for `stop`."""
    asked(["restart", container_id], doing="restart the container", limit_s=limit_s)


def set_restart_policy(container_id: str, policy: str) -> None:
    """`policy` as the client writes it: `no`, `always`, `on-failure:3`, `unless-stopped`."""
    asked(["update", "--restart", policy, container_id], doing="change the restart policy")


def diff(container_id: str) -> tuple[Change, ...]:
    """What the container has written outside of its mounts."""
    lines = asked(["diff", container_id], doing="compare the container with its image").splitlines()
    return tuple(Change(*line.split(" ", 1)) for line in lines if " " in line)


def logs(container_id: str, since_ns: int) -> tuple[LogLine, ...]:
    """Both streams from `since_ns` (engine's clock) on, oldest first, read to their end."""
    done = answer(["logs", "--timestamps", "--since", _stamp(since_ns), container_id])
    if done.returncode:
        raise translate.failure(done.stderr, doing="read the log")
    lines = log_lines(line.encode() for line in (done.stdout + done.stderr).split("\n") if line)
    return tuple(sorted((line for line in lines if line.time), key=lambda line: line.time))


def signals(container_id: str, since: str, until_ns: int) -> tuple[Event, ...]:
    """Signals that went through the engine, as far as it remembers: the last 256 events of all that it runs.

    Args:
        container_id: of one container.
        since: the engine's RFC 3339 time.
        until_ns: by the engine's clock; one that is to come would be waited for.
    """
    chosen = ("--since", since, "--until", _stamp(until_ns), "--filter", f"container={container_id}")
    arguments = ["events", *chosen, "--filter", "event=kill", "--format", "{{json .}}"]
    lines = asked(arguments, doing="tell what has happened").splitlines()
    return tuple(event for line in lines if (event := inspect.event(line)))


def addressed(network: str) -> dict[str, str]:
    """By address, v4 and v6, the names of the containers that are on the network now."""
    told = asked(["network", "inspect", "--format", "{{json .Containers}}", network], doing="look at the network")
    ends = (json.loads(told) or {}).values()
    found = (
        (end.get(kind, "").partition("/")[0], end["Name"]) for end in ends for kind in ("IPv4Address", "IPv6Address")
    )
    return {address: name for address, name in found if address}


def disconnect(network: str, container_id: str) -> None:
    asked(["network", "disconnect", network, container_id], doing="cut the network")


def connection(network: Network, container_id: str) -> tuple[str, ...]:
    """The arguments that attach the container to the network as it was. Pure.

    Without its aliases it would be on the network, and nobody would find it.
    """
    names = [word for alias in network.aliases for word in ("--alias", alias)]
    fixed = [word for address in network.fixed for word in ("--ip6" if ":" in address else "--ip", address)]
    return ("network", "connect", *names, *fixed, network.name, container_id)


def asked(arguments: Sequence[str], *, doing: str, limit_s: float = CLIENT_LIMIT_S) -> str:
    """What `docker ARGUMENTS` prints; its failure as an error of ours."""
    done = answer(arguments, limit_s=limit_s)
    if done.returncode:
        raise translate.failure(done.stderr, doing=doing)
    return done.stdout


def _stamp(engine_ns: int) -> str:
    return f"{engine_ns // 10**9}.{engine_ns % 10**9:09d}"
