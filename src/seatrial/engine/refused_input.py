"""What Compose refuses before it reads a compose file: the project's name and its env files, each with its source."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial import compose_variables as variables
from seatrial.engine.env_sample import sample_of
from seatrial.errors import ConfigurationInvalid
from seatrial.worktree import plain

if TYPE_CHECKING:
    from seatrial.project import Project

_BAD_NAME = re.compile(r'invalid project name "([^"]*)"')
_NO_NAME = "project name must not be empty"
_NO_ENV_FILE = re.compile(r"[Cc]ouldn't find env file: (.+)$", re.MULTILINE)
_NO_SERVICE_FILE = re.compile(r"env file (.+?) not found")
_NAMES = "a project name has small letters, digits, - and _, and begins with a letter or a digit"


def input_trouble(stderr: str, project: Project) -> ConfigurationInvalid | None:
    """Return the error; None for another one."""
    if found := _BAD_NAME.search(stderr):
        return _bad_name(found[1], project)
    if _NO_NAME in stderr:
        folder = project.directory.name
        return ConfigurationInvalid(
            f"no project name can be made of the folder `{folder}`: {_NAMES}",
            fix=f"write `name: {_proposal(str(project.directory.parent))}` at the top of {project.files[-1].name},"
            f" or set {variables.NAME}",
        )
    if found := _NO_ENV_FILE.search(stderr):
        return missing_env_file(found[1].strip(), project)
    if found := _NO_SERVICE_FILE.search(stderr):
        return _no_service_file(Path(found[1]), project)
    return None


def _no_service_file(file: Path, project: Project) -> ConfigurationInvalid:
    """Return the error for an `env_file:` of a service, with its place; a sample beside it is what to begin with."""
    from seatrial.engine.blocking_files import named_files

    shown = os.path.relpath(file)
    named = next((one for one in named_files(project) if one.path == file and one.place), None)
    subject = f"{named.place}{shown} ({named.kind})" if named else f"the env file {shown}"
    return ConfigurationInvalid(f"{subject} is missing", fix=service_file_fix(file, shown))


def service_file_fix(file: Path, shown: str) -> str:
    """Return what to do about an `env_file:` that is missing."""
    sample = sample_of(file)
    make = f"cp {os.path.relpath(sample)} {shown}" if sample else f"create {shown}, or correct its path"
    return f"{make}\nor write {{path: {shown}, required: false}} in the compose file, where it may be missing"


def missing_env_file(shown: str, project: Project) -> ConfigurationInvalid:
    """Return the error for an env file of the project that is not there."""
    by = f" (named by {variables.ENV_FILES})" if project.env_files_chosen else ""
    return ConfigurationInvalid(f"there is no env file {shown}{by}", fix=missing_fix(shown, project))


def missing_fix(shown: str, project: Project) -> str:
    """Return what to do about it."""
    chosen = f"correct {variables.ENV_FILES} in the shell, or unset it" if project.env_files_chosen else ""
    return chosen or f"create {shown}, or correct its path"


def _bad_name(name: str, project: Project) -> ConfigurationInvalid:
    better = _proposal(name)
    if project.name == name:
        source, fix = "--project-name, or the setting seatrial.project_name", f"--project-name {better}"
    elif os.environ.get(variables.NAME) == name:
        source, fix = f"{variables.NAME} in the shell", f"export {variables.NAME}={better}, or unset it"
    elif file := _in_env_file(name, project):
        shown = os.path.relpath(file)
        source, fix = f"{variables.NAME} in {shown}", f"write {variables.NAME}={better} in {shown}"
    else:
        shown = os.path.relpath(project.files[-1])
        source, fix = f"`name:` of {shown}", f"write `name: {better}` there"
    return ConfigurationInvalid(f"{source} is `{name}`, which is no project name: {_NAMES}", fix=fix)


def _in_env_file(name: str, project: Project) -> Path | None:
    files = reversed(project.env_files)
    return next((file for file in files if variables.in_files(variables.NAME, os.environ, (file,)) == name), None)


def _proposal(text: str) -> str:
    return plain(text.rpartition("/")[2].replace(".", "-").replace(" ", "-")) or "project"
