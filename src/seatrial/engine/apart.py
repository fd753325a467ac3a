"""Engines of this machine whose containers have their networks elsewhere: in a namespace of a user, in a machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from seatrial.engine.containers import asked

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOTLESS = "rootless"
_DESKTOP = "Docker Desktop"


def apart() -> str:
    """Of which kind the engine is, in words, where addresses of its containers mean nothing here; "" where they do.

    Another engine's containers may have the same addresses, and a router may answer for them.
    """
    told = asked(["info", "--format", "[{{json .SecurityOptions}}, {{json .OperatingSystem}}]"], doing="tell its kind")
    return kind(*json.loads(told))


def kind(security: Sequence[str] | None, system: str) -> str:
    """By `SecurityOptions` and `OperatingSystem` of the engine. Pure."""
    if any(f"name={ROOTLESS}" in option for option in security or ()):
        return ROOTLESS
    return _DESKTOP if _DESKTOP in system else ""
