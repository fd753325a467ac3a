"""The env files of `include:`: they set variables for the included files alone, below shell and own env files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.env.files import read
from seatrial.env.paths import shown
from seatrial.env.words import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.env.files import Read
    from seatrial.project import Project


def included_env_files(project: Project) -> tuple[Read, ...]:
    """Return those that are there: named by `env_file`, else the `.env` of the included project's folder."""
    if "include" not in text_of(project.files):
        return ()
    return tuple(read(path, shown(path, project)) for path in dict.fromkeys(_paths(project)) if path.is_file())


def _paths(project: Project) -> Iterator[Path]:
    from seatrial.engine.compose_text import included, related, texts

    for source in related(project.files, project.root):
        start = project.directory if source.file in project.files else source.file.parent
        for entry in included(source):
            first = next(iter(texts(entry.get("path"))), "")
            folder = next(iter(texts(entry.get("project_directory"))), str(Path(first).parent))
            for name in texts(entry.get("env_file")) or (f"{folder}/.env",):
                yield Path(os.path.normpath(start / name))
