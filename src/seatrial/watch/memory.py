"""Paths that were there once: what has gone while nobody watched is taken away only by who knows that it was there."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial import kept
from seatrial.lifecycle.stale import record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.project import Project
    from seatrial.stack import Stack

_KIND = "watched"
# Beyond this, what is gone longest is not known any more.
_MOST = 200_000


def remembered(project: Project, stack: Stack) -> frozenset[str]:
    """From the last watch of this checkout, and from what its images were built from."""
    paths: set[str] = set()
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        paths |= {str(path) for path in kept.load(kept.of_checkout(_KIND, project, stack.name))["paths"]}
    built = record.load(project, stack.name).services
    for name, build in stack.builds().items():
        context = build.get("context")
        if context and name in built:
            paths |= {str(Path(str(context)) / path) for path in built[name].files}
    return frozenset(paths)


def remember(project: Project, name: str, paths: Iterable[str]) -> None:
    """For the next watch. A disk that does not let us is no reason to fail."""
    with suppress(OSError, UnicodeError):
        kept.save(kept.of_checkout(_KIND, project, name), {"version": 1, "paths": sorted(paths)[:_MOST]})
