"""The compose file that moves ports: `ports: !override` of each service that has one to move. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seatrial.lifecycle.ports.memory import Move


def text(resolved: str, moves: Iterable[Move], folder: str) -> str:
    """The file for a model that Compose resolved without it; a move of what the model does not have is left out.

    All ports of a service stand in it, those that stay too: Compose can only replace the list as a whole.
    """
    to = {move.key: move.published for move in moves}
    lines = []
    for name, service in (json.loads(resolved).get("services") or {}).items():
        ports = (service or {}).get("ports") or []
        moved = [_moved(name, port, to) for port in ports]
        if moved != ports:
            lines += [f"  {json.dumps(name)}:", f"    ports: !override {json.dumps(moved)}"]
    head = f"# Ports of the checkout {folder}, written by seatrial; `up --plain-ports` there forgets them.\n"
    return head + ("services:\n" + "\n".join(lines) + "\n" if lines else "services: {}\n")


def _moved(service: str, port: Mapping[str, Any], to: Mapping[tuple[str, int, str, str, str], str]) -> dict[str, Any]:
    host_ip = (port.get("host_ip") or "").strip("[]")
    key = (service, port["target"], str(port.get("published") or ""), host_ip, port.get("protocol") or "tcp")
    return {**port, "published": to[key]} if key in to else dict(port)
