"""A model as Compose hashes it: with the containers in it whose network, or other part, a service shares. Pure."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatrial.engine.observed import Snapshot
    from seatrial.stack import Stack

_KEYS = ("network_mode", "ipc", "pid")
_SERVICE = "service:"


def joined(stack: Stack, snapshot: Snapshot) -> Stack:
    """The same stack; where a service joins another one that has a container, that container's id is in its model."""
    if f'"{_SERVICE}' not in stack.resolved:
        return stack
    model = stack.parsed()
    for service in (model.get("services") or {}).values():
        for key in _KEYS:
            named = str(service.get(key) or "")
            there = snapshot.of(named.removeprefix(_SERVICE)) if named.startswith(_SERVICE) else ()
            if there:
                service[key] = f"container:{there[0].id}"
    return replace(stack, resolved=json.dumps(model))
