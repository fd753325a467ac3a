"""Who holds a host port: a container of whichever project, or a process of this machine."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from seatrial.engine import Engine

_UNSEEN = "a process that this user may not see"


class Culprit(NamedTuple):
    """Who it is, in words; and the command that ends it, or shows it."""

    name: str
    fix: str


def holder(engine: Engine, port: int) -> str:
    """The container or process that holds the TCP port, in words; "" when nobody is found."""
    found = culprit(engine, port)
    return "" if found.name == _UNSEEN else found.name


def culprit(engine: Engine, port: int, protocol: str = "tcp", orphans: Collection[str] = ()) -> Culprit:
    """Who holds the port. A process of another user is visible to root only: then the words say so.

    `orphans` are containers of the project without a service: a stopped one would come back with the engine.
    """
    containers = engine.publishers(port, protocol)
    own = [name.partition(" ")[0] for name in containers]
    if own and set(own) <= set(orphans):
        names = " and ".join(f"{name}, an orphan of this project" for name in own)
        return Culprit(names, "remove it: up --remove-orphans")
    if containers:
        names = " and ".join(f"container {name}" for name in containers)
        return Culprit(names, f"docker stop {' '.join(name.partition(' ')[0] for name in containers)}")
    return _process(port, protocol)


def _process(port: int, protocol: str) -> Culprit:
    import psutil

    unseen = Culprit(_UNSEEN, f"see who it is: sudo ss -{protocol[0]}lnp 'sport = :{port}'")
    try:
        connections = psutil.net_connections(protocol)
    except (psutil.AccessDenied, ValueError):
        return unseen
    for connection in connections:
        local = connection.laddr
        listens = protocol == "udp" or connection.status == psutil.CONN_LISTEN
        if listens and local and local.port == port and connection.pid:
            return _called(connection.pid) or unseen
    return unseen


def _called(pid: int) -> Culprit | None:
    import psutil

    try:
        process = psutil.Process(pid)
        return Culprit(f"process {pid} ({command(process.name(), process.cmdline())})", f"kill {pid}")
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None


def command(name: str, arguments: Sequence[str]) -> str:
    """A process as people know it, `node server.js`. No more than that: an argument may be a password. Pure."""
    if len(arguments) > 2 and arguments[1] == "-m":  # Python's way to name a program
        return f"{name} -m {arguments[2]}"
    first = arguments[1] if len(arguments) > 1 else ""
    if not first or first.startswith("-") or any(mark in first for mark in "=@ \n"):
        return name
    return f"{name} {PurePath(first).name}"
