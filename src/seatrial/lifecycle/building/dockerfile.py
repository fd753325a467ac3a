"""The Dockerfile of a build section: its text, and how it is called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.composed import undoubled
from seatrial.lifecycle.dockerignore import candidates
from seatrial.plain_file import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

INLINE = "dockerfile_inline"


def path(build: Mapping[str, Any]) -> Path:
    """Where it lies, if it lies here."""
    return Path(str(build.get("context") or "")) / str(build.get("dockerfile") or "Dockerfile")


def read_files(build: Mapping[str, Any], secrets: Mapping[str, Any]) -> Iterator[Path]:
    """Return the files that the builder reads before it sends the context; `secrets` are the model's."""
    context = Path(str(build.get("context") or ""))
    if not context.is_dir():
        return
    yield from () if build.get(INLINE) else (path(build),)
    yield from candidates(context, path(build))
    for secret in build.get("secrets") or ():
        if file := (secrets.get(secret.get("source")) or {}).get("file"):
            yield Path(undoubled(file))


def text(build: Mapping[str, Any]) -> str | None:
    """None where it is not here, or cannot be read."""
    if inline := build.get(INLINE):
        return str(inline)
    try:
        return read_text(path(build))
    except (OSError, ValueError):
        return None
