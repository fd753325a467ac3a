"""Which files a project's environment is made of, by path. Opens none of them."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from seatrial.project import Project

PROFILES = "COMPOSE_PROFILES"


def own_files(project: Project) -> tuple[Path, ...]:
    """The env files that `${NAME}` is looked up in, the strongest first."""
    return tuple(reversed(project.env_files))


def reserved(project: Project) -> tuple[tuple[str, Path], ...]:
    """The four places of env file and schema, each with its name in messages."""
    return tuple(
        (name if folder == "." else f"{folder}/{name}", project.root / folder / name)
        for folder in ("env", ".")
        for name in (".env", ".env.schema")
    )


def no_file(path: Path) -> tuple[str, str] | None:
    """Why a path that is there is no file, and what to do (with `{}` for its name). /dev/null is an empty file."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        link = path.is_symlink()
        return ("this is a link that leads nowhere", "make it lead to a file, or remove {}") if link else None
    except OSError as error:
        return f"it cannot be looked at: {(error.strerror or 'unknown reason').lower()}", "put that right, or remove {}"
    if stat.S_ISDIR(status.st_mode):
        return "this is a folder, not a file", "move {} away"
    if stat.S_ISREG(status.st_mode) or status.st_rdev == os.stat(os.devnull).st_rdev:  # noqa: PTH116
        return None
    return "this is a pipe or a device, not a file", "put a plain file in place of {}"


def overlays(project: Project) -> list[Path]:
    """Compose files that may be laid over the project's; not part of this run."""
    beside = {*project.directory.glob("*.yaml"), *project.directory.glob("*.yml")}
    return sorted(beside - set(project.files))


def shown(path: Path, project: Project) -> str:
    """A path as people would type it from the project's root."""
    relative = os.path.relpath(path, project.root)
    return str(path) if relative.startswith("..") else relative
