"""The programs that an answer depends on, as facts that change when they do: the docker client, Compose, and us."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PLUGIN_FOLDERS = (
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
)
_OURS = Path(__file__).parent


def programs(environ: Mapping[str, str]) -> list[tuple[str, int, int]]:
    """Path, time of change in ns and size of each: another file may be another version."""
    client = shutil.which("docker", path=environ.get("PATH"))
    settings = Path(environ.get("DOCKER_CONFIG") or Path(environ.get("HOME") or Path.home()) / ".docker")
    folders = (settings / "cli-plugins", *map(Path, _PLUGIN_FOLDERS))
    files = [settings / "config.json", *(folder / "docker-compose" for folder in folders)]
    return [*_seen([Path(client)] if client else []), *_seen(files), *_own_code()]


def _seen(files: list[Path]) -> Iterator[tuple[str, int, int]]:
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue
        yield str(file), status.st_mtime_ns, status.st_size


def _own_code() -> Iterator[tuple[str, int, int]]:
    """Our rules: a newer seatrial may find more."""
    for folder, _, names in os.walk(_OURS):
        yield from _seen([Path(folder, name) for name in sorted(names) if name.endswith(".py")])
