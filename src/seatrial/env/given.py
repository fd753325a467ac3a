"""Where a value comes from: the place in a file, for messages and explanations. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.env.check import SHELL
from seatrial.env.paths import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatrial.env.examination import Examination
    from seatrial.env.files import Read
    from seatrial.env.references import EnvFile
    from seatrial.project import Project


def of_project(key: str, found: Examination, environ: Mapping[str, str]) -> tuple[str, int | None]:
    """Where `${KEY}` in a compose file is from: the shell, else the strongest of the project's env files that has it.

    For one that is set nowhere it is the file that it belongs into.
    """
    if key in environ:
        return SHELL, None
    own = found.own_files
    for file in own:
        if (line := file.line_of(key)) is not None:
            return file.shown, line
    return (own[0].shown if own else found.target), None


def to_service(key: str, service: str, found: Examination, project: Project) -> tuple[str, int | None]:
    """Which of a service's own sources decides: `environment:` beats its last env file."""
    entries = found.references.files_of(service)
    if (service, key) not in found.references.declared:
        for entry in reversed(entries):
            file = by_path(found.files).get(entry.path)
            if file and (line := file.line_of(key)) is not None:
                return file.shown, line
        if raw := [entry for entry in entries if entry.raw]:
            return _name(raw[-1], project), None
    return f"{shown(project.files[0], project)}, environment: of {service}", None


def by_path(files: Sequence[Read]) -> dict[str, Read]:
    return {str(file.path): file for file in files}


def _name(entry: EnvFile, project: Project) -> str:
    return shown(project.directory / entry.path, project)
