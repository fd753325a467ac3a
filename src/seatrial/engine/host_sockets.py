"""TCP sockets of a container, read from this machine's own /proc: no helper and no question to the engine is needed.

Where its processes are not visible (an engine elsewhere, in a virtual machine, in another PID namespace) there is none.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.engine.inside.sockets import sockets

if TYPE_CHECKING:
    from seatrial.engine.inside import Socket


def host_sockets(pid: int, container_id: str) -> tuple[Socket, ...] | None:
    """The sockets of the network namespace of the container's main process; None where it is not visible here."""
    if not pid or not is_of_container(pid, container_id):
        return None
    with suppress(OSError, ValueError):
        tables = [Path(f"/proc/{pid}/net/{name}") for name in ("tcp", "tcp6")]
        return tuple(one for table in tables if table.exists() for one in sockets(table.read_text(), {}))
    return None


def is_of_container(pid: int, container_id: str) -> bool:
    """Whether the process of that number is the container's here: the number is the engine's."""
    with suppress(OSError):
        return container_id in Path(f"/proc/{pid}/cgroup").read_text()
    return False
