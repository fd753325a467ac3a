"""Who holds a host port: a container of whichever project, or a process of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatrial.engine import Engine


def holder(engine: Engine, port: int) -> str:
    """The container or process that holds the TCP port, in words; "" when nobody is found."""
    containers = engine.publishers(port)
    return " and ".join(f"container {name}" for name in containers) or _process(port)


def _process(port: int) -> str:
    import psutil

    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return ""
    for connection in connections:
        local = connection.laddr
        if connection.status == psutil.CONN_LISTEN and local and local.port == port and connection.pid:
            return _called(connection.pid)
    return ""


def _called(pid: int) -> str:
    import psutil

    try:
        return f"process {pid} ({psutil.Process(pid).name()})"
    except psutil.NoSuchProcess:
        return ""
