"""What JSON answers tell of any container. Values in, plain data out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seatrial.engine.observed import Container


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
