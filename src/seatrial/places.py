"""Where seatrial keeps what it writes for itself."""

from __future__ import annotations

import os
from pathlib import Path


def cache() -> Path:
    """The folder for what can be made again: `$XDG_CACHE_HOME/seatrial`, else `~/.cache/seatrial`. It may not exist."""
    base = os.environ.get("XDG_CACHE_HOME") or ""
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "seatrial"
