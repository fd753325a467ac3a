"""Where files go: one container, who is to own them in it, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatrial.engine import Engine
    from seatrial.engine.attached import Mount


@dataclass
class Destination:
    """One container, looked at once. Used by one thread at a time.

    Attributes:
        uid, gid: of the container's user.
        doubt: why these may not be what was meant, for people; "" where there is none.
        read_only: the root file system.
        folders: paths that are known to be folders there, links to such among them.
    """

    container_id: str
    uid: int = 0
    gid: int = 0
    doubt: str = ""
    read_only: bool = False
    mounts: tuple[Mount, ...] = ()
    folders: set[str] = field(default_factory=set)


def destination(engine: Engine, container_id: str) -> Destination:
    """Look at a container, whatever its state.

    Raises:
        ContainerGone: there is no such container.
    """
    raise NotImplementedError
