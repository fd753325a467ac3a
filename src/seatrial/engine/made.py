"""Containers as the engine without Docker makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.engine.observed import Address, Container

if TYPE_CHECKING:
    from seatrial.stack import Service


def made(project: str, service: Service, number: int, container_id: str) -> Container:
    """A new one, which has not been started."""
    return Container(
        id=container_id,
        name=f"{project}-{service.name}-{number}",
        service=service.name,
        state="created",
        restart_policy=service.restart,
        image_id=f"sha256:{service.image or f'{project}-{service.name}'}",
        config_hash=config_hash(service),
        number=number,
        addresses=tuple(Address(p.host_ip, int(p.published or 0), p.target, p.protocol) for p in service.ports),
    )


def config_hash(service: Service) -> str:
    """What changes when the service does."""
    return f"{hash(service) & 0xFFFFFFFF:08x}"
