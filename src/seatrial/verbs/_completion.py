"""What a shell offers for the value of a flag: names of services and of drills. Invoke offers verbs and flags."""

from __future__ import annotations

import shlex
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING

from seatrial.errors import SeatrialError

if TYPE_CHECKING:
    from collections.abc import Sequence

_FILES = ("--file", "-f", "--compose-file")


def values(line: str) -> tuple[str, ...] | None:
    """What may stand at the end of a command line; None where the flag before it is none of ours.

    Args:
        line: up to the cursor, without the word that is being typed when that is begun; Invoke's shells hand on both.
    """
    try:
        words = shlex.split(line)
    except ValueError:  # a quote that is still open
        return None
    flag = next((word for word in reversed(words[-2:]) if word.startswith("--")), "")
    if flag == "--service":
        return _services(words)
    if flag == "--only":
        from seatrial.drill.drills import DRILLS

        return tuple(drill.name for drill in DRILLS)
    return None


def _services(words: Sequence[str]) -> tuple[str, ...]:
    """Those of the project that is meant; none while Compose refuses it: a shell shows no errors."""
    from seatrial import settings
    from seatrial.verbs._run import Run

    files = [value for flag, value in pairwise(words) if flag in _FILES]
    profiles = [value for flag, value in pairwise(words) if flag == "--profile"]
    run = Run(settings.read({}, {"files": files, "profiles": profiles}))
    with suppress(SeatrialError, OSError):
        return run.engine.stack(run.project).names
    return ()
