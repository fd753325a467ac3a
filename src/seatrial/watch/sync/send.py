"""Carries a batch into a container."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatrial.engine import Engine
    from seatrial.watch.sync import Batch, Delivered, Sent
    from seatrial.watch.sync.destination import Destination


def send(
    engine: Engine, destination: Destination, batch: Batch, known: Mapping[str, Sent], targets: Sequence[str]
) -> Delivered:
    """Put and delete; one path that fails drops no other.

    Args:
        engine: where the container is.
        destination: the container.
        batch: what it lacks.
        known: what it has from us: what is of equal content and mode is not sent.
        targets: those of the rules, folders or files. Nothing outside of them is ever touched.

    Raises:
        ContainerGone: there is no such container any more.
        EngineUnreachable: nor an engine.
    """
    raise NotImplementedError
