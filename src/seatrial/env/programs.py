"""The programs that an answer depends on, as facts that change when they do: the docker client, Compose, and us."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from seatrial import plugin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_OURS = os.path.dirname(__file__)  # noqa: PTH120  plain texts: a remembered check is to cost nothing


def programs(environ: Mapping[str, str]) -> list[tuple[str, int, int]]:
    """Path, time of change in ns and size of each: another file may be another version."""
    client = plugin.client(environ)
    files = [*([client] if client else []), plugin.settings(environ), *plugin.places(environ)]
    return [*_seen(files), *_own_code(_OURS)]


def _seen(files: Iterable[str]) -> Iterator[tuple[str, int, int]]:
    for file in files:
        try:
            status = os.stat(file)  # noqa: PTH116
        except OSError:
            continue
        yield file, status.st_mtime_ns, status.st_size


def _own_code(folder: str) -> list[tuple[str, int, int]]:
    """Our rules: a newer seatrial may find more."""
    found = []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir(follow_symlinks=False):
                found += _own_code(entry.path)
            elif entry.name.endswith(".py"):
                status = entry.stat()
                found.append((entry.path, status.st_mtime_ns, status.st_size))
    return found
