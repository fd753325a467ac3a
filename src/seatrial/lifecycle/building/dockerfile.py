"""The Dockerfile of a build section: its text, and how it is called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

INLINE = "dockerfile_inline"


def path(build: Mapping[str, Any]) -> Path:
    """Where it lies, if it lies here."""
    return Path(str(build.get("context") or "")) / str(build.get("dockerfile") or "Dockerfile")


def text(build: Mapping[str, Any]) -> str | None:
    """None where it is not here, or cannot be read."""
    if inline := build.get(INLINE):
        return str(inline)
    try:
        return path(build).read_text(errors="replace")
    except (OSError, ValueError):
        return None
