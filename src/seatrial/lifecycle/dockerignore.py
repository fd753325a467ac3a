"""Which `.dockerignore` a build goes by, and what it takes out of the context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.lifecycle.patterns import Patterns, patterns

if TYPE_CHECKING:
    from pathlib import Path


def in_force(context: Path, dockerfile: Path) -> Path | None:
    """The file that the builder reads: the Dockerfile's own first; None where there is none."""
    return next((file for file in candidates(context, dockerfile) if file.is_file()), None)


def candidates(context: Path, dockerfile: Path) -> tuple[Path, Path]:
    """Where it would be, the stronger one first. Pure."""
    return dockerfile.with_name(f"{dockerfile.name}.dockerignore"), context / ".dockerignore"


def ignored(context: Path, dockerfile: Path) -> Patterns:
    """What is taken out, counted from the context. A file that cannot be read takes out nothing."""
    file = in_force(context, dockerfile)
    try:
        return read(file.read_text("utf-8", "surrogateescape")) if file else Patterns()
    except OSError:
        return Patterns()


def read(text: str) -> Patterns:
    """Read what stands in such a file. Pure."""
    lines = text.removeprefix("\ufeff").split("\n")
    return patterns(line for line in lines if not line.startswith("#"))
