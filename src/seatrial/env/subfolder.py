"""The traps of more than one env file: where one stands, and beside the one that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.env.paths import own_files, shown
from seatrial.env.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from seatrial.project import Project


def in_a_subfolder(start: Path, project: Project) -> Iterator[Problem]:
    """Compose from 2.27.1 on reads the `.env` of the current folder; seatrial reads the project's from any folder.

    With `--file` Compose reads the one beside the first file, and so does seatrial.
    """
    here, own = start / ".env", own_files(project)
    if project.files_named or project.env_files_chosen or not here.is_file():
        return
    if here.parent in (project.root, project.directory) or any(here.samefile(file) for file in own if file.exists()):
        return
    message = "Compose run from this folder would read this file (2.27.1 and newer); seatrial does not"
    counts = ", ".join(str(path) for path in own) or str(project.directory / ".env")
    yield Problem(str(here), None, None, "SubfolderEnv", message, f"keep what counts in {counts}", Severity.WARNING)


def passed_over(project: Project) -> Iterator[Problem]:
    """A second `.env`, in the root or beside the compose file, that is not read; a link to the one that is, is none."""
    counts, own = project.env_file, project.env_files
    for file in dict.fromkeys((project.root / ".env", project.directory / ".env")):
        if counts and file.is_file() and not any(file.samefile(each) for each in own):
            message = (
                f"{shown(counts, project)} is the env file; this one is passed over, and Compose alone may read it"
            )
            fix = f"move what counts into {shown(counts, project)}, and remove this one"
            yield Problem(shown(file, project), None, None, "SecondEnvFile", message, fix, Severity.WARNING)
