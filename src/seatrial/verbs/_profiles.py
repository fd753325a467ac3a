"""Services that are asked for by name, and are in a profile: as with Compose, their name is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.lifecycle.profiles import needed
from seatrial.report import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.verbs._run import Run


def enable_needed(run: Run, services: Sequence[str]) -> None:
    """Enable the profiles that these and what they depend on are in, and say so. Raises `UnknownService`."""
    lacking = needed(run.engine, run.project, services)
    for name, profile in lacking.items():
        terminal.talk(f"{name} is in the profile {profile}, which is enabled for this")
    run.enable(lacking.values())
