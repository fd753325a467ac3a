"""The command line that means a project, the same for every call of a run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatrial.project import Project


def compose(project: Project, *arguments: str, piped: bool = False) -> list[str]:
    """The command line that means the project; with `piped` a model from standard input takes the files' place.

    By labels there is no file at all: with a name and none Compose goes by its containers. An env file it would look
    for all the same, unless it is given one.
    """
    if project.by_labels and project.name:
        return ["compose", "--env-file", os.devnull, "-p", project.name, *arguments]
    command = ["compose", "--project-directory", str(project.directory)]
    for file in ["-"] if piped else project.files:
        command += ["-f", str(file)]
    for file in project.env_file_flags:
        command += ["--env-file", str(file)]
    if project.name:
        command += ["-p", project.name]
    for profile in project.profiles:
        command += ["--profile", profile]
    return [*command, *arguments]
