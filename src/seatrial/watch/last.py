"""What a watch has done last, in words: for those who ask how it is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from seatrial.watch import happenings as happened

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatrial.watch.happenings import Happening


def change(happening: Happening) -> str:
    """What has become of services by it: `web synced`, `gateway rebuilt`; "" where nothing has. Pure."""
    match happening:
        case happened.Synced(service=service):
            return f"{service} synced"
        case happened.Restarted(service=service, error=error):
            return f"{service} {'could not be restarted' if error else 'restarted'}"
        case happened.Rebuilt(services=services, error=error, renewed=renewed):
            done = "rebuilt" if renewed else "built, the image is the same,"
            return f"{', '.join(services)} {'could not be rebuilt' if error else done}"
        case _:
            return ""


class Last:
    """Tells on, and keeps the last change.

    Attributes:
        change: what it was; "" before the first.
        at: when, in seconds since the epoch.
    """

    def __init__(self, tell: Callable[[Happening], None]) -> None:
        self._tell = tell
        self.change = ""
        self.at: float | None = None

    def __call__(self, happening: Happening) -> None:
        if found := change(happening):
            self.change, self.at = found, time.time()
        self._tell(happening)
