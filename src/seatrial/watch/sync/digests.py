"""What a container has, to be compared with what it should have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatrial.engine import Engine
    from seatrial.watch.sync.destination import Destination


def digests(engine: Engine, destination: Destination, paths: Sequence[str]) -> Mapping[str, str]:
    """What is at the paths, as `Sent.digest` has it; a path at which nothing is, is absent.

    Raises:
        ContainerGone: there is no such container any more.
    """
    raise NotImplementedError
