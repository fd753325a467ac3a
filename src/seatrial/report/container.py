"""What JSON answers tell of any container. Values in, plain data out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.engine.observed import Container
    from seatrial.lifecycle.unreachable import Unreachable


def has_ended(container: Container) -> bool:
    """Whether its exit code means something."""
    return container.state in ("exited", "dead", "restarting")


def container_json(container: Container) -> dict[str, Any]:
    """What `ps` and `status` share."""
    return {
        "name": container.name,
        "id": container.id,
        "state": container.state,
        "health": container.health.status if container.health else None,
        "exit_code": container.exit_code if has_ended(container) else None,
        "restart_count": container.restart_count,
        "started_at": container.started_at,
    }


def unreachable_json(found: Sequence[Unreachable]) -> list[dict[str, Any]]:
    return [
        {
            "service": one.service,
            "port": one.port.port,
            "listens": [*one.port.loopback, *map(str, one.port.open)],
            "found": one.text,
            "fix": one.port.fix,
        }
        for one in found
    ]
