"""A health check that names a program which the image does not have: what the engine and shells say then. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatrial.engine.observed import Health

_ENGINE = r'exec: "([^"]+)": (?:executable file not found|stat \S+: no such file|no such file)'
_SHELL = r"(?:^|/)(?:ba|da|a)?sh: (?:line \d+: |\d+: )?([\w./+-]+): (?:command )?not found"


def missing_program(health: Health) -> str:
    """Return the program that the last probe did not find; "" where it found one, or passed."""
    last = health.probes[-1] if health.probes else None
    if last is None or not last.exit_code:
        return ""
    found = re.search(_ENGINE, last.output) or re.search(_SHELL, last.output, re.MULTILINE)
    return found[1] if found else ""
