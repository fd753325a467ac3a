"""The way to a path."""

from __future__ import annotations

from pathlib import Path
from posixpath import dirname
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LINKS = 40  # as many as Linux follows


def way(path: str) -> Iterator[str]:
    """Every name that is looked up to get to an absolute path, there or not; also those that links lead through.

    Each is given before it is asked for being a link: who watches it then misses nothing.
    """
    here, rest, links = "", path.split("/"), 0
    while rest:
        name = rest.pop(0)
        if name == "..":
            here = dirname(here).rstrip("/")
        elif name not in {"", "."}:
            here = f"{here}/{name}"
            yield here
            try:
                target = str(Path(here).readlink())
            except OSError:
                continue
            if (links := links + 1) > LINKS:
                return
            rest = target.split("/") + rest
            here = "" if target.startswith("/") else dirname(here).rstrip("/")
