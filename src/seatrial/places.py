"""Where seatrial keeps what it writes for itself."""

from __future__ import annotations

import os
from pathlib import Path


def cache() -> Path:
    """The folder for what can be made again: `$XDG_CACHE_HOME/seatrial`, else `~/.cache/seatrial`. It may not exist."""
    base = os.environ.get("XDG_CACHE_HOME") or ""
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "seatrial"


def state() -> Path:
    """The folder for what stays until somebody says so: `$XDG_STATE_HOME/seatrial`, else `~/.local/state/seatrial`."""
    base = os.environ.get("XDG_STATE_HOME") or ""
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "state") / "seatrial"
