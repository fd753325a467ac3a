"""The stack as it stands, for what only looks at it or ends it: a broken env file must not be in the way of that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seatrial.env.paths import own_files
from seatrial.errors import ConfigurationInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from seatrial.engine import Engine
    from seatrial.env.secret import Secret
    from seatrial.project import Project
    from seatrial.stack import Stack


@dataclass(frozen=True, slots=True)
class Standing:
    """A stack, and the project by which an engine is to be asked for it.

    Attributes:
        refused: why Compose refuses the project; then the stack is what the labels of its containers tell.
        secrets: those that its containers were given, when Compose could not tell them.
    """

    stack: Stack
    project: Project
    refused: ConfigurationInvalid | None = None
    secrets: tuple[Secret, ...] = ()


def standing(engine: Engine, project: Project, environ: Mapping[str, str]) -> Standing:
    """The model; or, while Compose refuses it, what was started from here.

    Raises:
        ConfigurationInvalid: Compose refuses the project, and there is no container to go by, or too many projects.
    """
    try:
        _stop_at_a_pipe(project)
        return Standing(engine.stack(project), project)
    except ConfigurationInvalid as refused:
        return _by_labels(engine, project, environ, refused)


def _by_labels(engine: Engine, project: Project, environ: Mapping[str, str], refused: ConfigurationInvalid) -> Standing:
    from seatrial.env.gather import inside_secrets

    named = replace(project, name=project.name or environ.get("COMPOSE_PROJECT_NAME") or None)
    found = engine.stacks_by_label(named)
    if len(found) > 1:
        names = ", ".join(stack.name for stack in found)
        fix = f"{refused.fix}\nor say which of its projects is meant, with --project-name: {names}"
        raise ConfigurationInvalid(refused.what, fix=fix, detail=refused.detail)
    if not found:
        raise refused
    (stack,) = found
    secrets = inside_secrets(engine, [container.id for container in engine.snapshot(stack.name).containers], project)
    return Standing(stack, replace(named, name=stack.name, by_labels=True), refused, secrets)


def _stop_at_a_pipe(project: Project) -> None:
    """Compose would wait for somebody to write into it."""
    pipe = next(filter(_is_pipe, (project.directory / ".env", *own_files(project))), None)
    if pipe:
        raise ConfigurationInvalid(f"{pipe} is a pipe, not a file", fix="put a plain file in its place")


def _is_pipe(path: Path) -> bool:
    try:
        return path.is_fifo()
    except OSError:
        return False
