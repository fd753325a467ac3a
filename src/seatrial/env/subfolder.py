"""The trap of standing in a folder with an env file of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.env.paths import own_files
from seatrial.env.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from seatrial.project import Project


def in_a_subfolder(start: Path, project: Project, environ: Mapping[str, str]) -> Iterator[Problem]:
    """Compose from 2.27.1 on reads the `.env` where one stands; seatrial reads the project's wherever one stands."""
    here, own = start.resolve() / ".env", own_files(project, environ)
    if here.parent in (project.root, project.directory) or here in own or not here.is_file():
        return
    message = "Compose run from this folder would read this file (2.27.1 and newer); seatrial does not"
    counts = ", ".join(str(path) for path in own) or str(project.directory / ".env")
    yield Problem(str(here), None, None, "SubfolderEnv", message, f"keep what counts in {counts}", Severity.WARNING)
