"""The sample of an env file that a fresh clone lacks: `.env.example`, `example.env`, `.env.production.sample`."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from seatrial.project import Project

_WORDS = ("example", "sample", "dist", "template")


def sample_of(file: Path) -> Path | None:
    """Return the sample beside a file that is not there; None where there is none."""
    name, bare = file.name, file.name.removeprefix(".")
    names = [f"{name}.{word}" for word in _WORDS] + [f"{name}-{word}" for word in _WORDS]
    if bare != name:
        names += [f"{word}{name}" for word in _WORDS] + [f"{bare}.{word}" for word in _WORDS]
    return next((sample for each in names if (sample := file.with_name(each)).is_file()), None)


def own_sample(project: Project) -> Path | None:
    """Return the sample of the project's own env file, where the project has none and Compose would read one."""
    if project.env_files or project.env_files_chosen:
        return None
    return sample_of(project.root / ".env")


def copying(project: Project, name: str) -> str:
    """Return the command that makes the project's own env file of its sample, where that sets the variable; else ""."""
    sample = own_sample(project)
    if sample is None or not _sets(sample, name):
        return ""
    return f"cp {os.path.relpath(sample)} {os.path.relpath(sample.with_name('.env'))}"


def _sets(sample: Path, name: str) -> bool:
    from seatrial.plain_file import read_text

    try:
        text = read_text(sample)
    except OSError:
        return False
    return bool(re.search(rf"^\s*(?:export\s+)?{re.escape(name)}\s*=", text, re.MULTILINE))
