"""Asks the installed Compose what every container would get, and holds it against the schema. Starts nothing.

Three questions are asked at once: the model as it is written, what each variable stands for, and the model as it is
resolved. What Compose refuses is explained from the files' own text, because Compose quotes values when it complains.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.engine.together import Question, together
from seatrial.env.discretion import discreet
from seatrial.env.dollars import names_mentioned
from seatrial.env.examination import PROFILES, Examination, ordered
from seatrial.env.files import UNREADABLE, read_schema
from seatrial.env.judge import in_files, judged
from seatrial.env.known import clear, once, secrets_among
from seatrial.env.opening import opened, with_service_files
from seatrial.env.problem import Problem, errors
from seatrial.env.references import references
from seatrial.env.secret import Secret
from seatrial.env.words import text_of
from seatrial.errors import ConfigurationInvalid
from seatrial.stack import Stack, contained

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from seatrial.engine import Engine
    from seatrial.project import Project


def examine(
    engine: Engine,
    project: Project,
    environ: Mapping[str, str],
    start: Path,
    keep_secret: Callable[[Iterable[Secret]], None] = lambda _: None,
) -> Examination:
    """All problems in one run. `start` is where the person stands: an env file there may mislead other tools.

    `keep_secret` is told secrets as soon as they are known.

    Raises:
        ConfigurationInvalid: Compose refuses the project for a reason that is not in the environment.
        EngineError: there is no docker client.
    """
    found = opened(project, environ)
    keep_secret(found.secrets)
    if any(problem.rule == UNREADABLE for problem in found.problems):
        return ordered(found)  # Compose might wait for a pipe for ever
    with together() as asking:
        source = asking.ask(lambda: engine.uninterpolated(project))
        model = asking.ask(lambda: engine.stack(project))
        likely = _names(found, {PROFILES, *names_mentioned(text_of(project.files))})
        values = asking.ask(lambda: engine.values(project, likely))
        found, refused = _told(found, engine, project, source, values)
        found = found if refused else _resolved(found, model)
        refused = refused or _refusal(model)
    keep_secret(found.secrets)
    if refused and not found.references.services:
        found = replace(found, problems=(*found.problems, *in_files(found, environ)))
    else:
        found = replace(found, problems=judged(found, project, environ, start))
    if refused and not errors(found.problems):
        raise discreet(refused, found.secrets, project) from None
    return ordered(found)


def examine_again(
    engine: Engine, project: Project, remembered: tuple[Problem, ...], environ: Mapping[str, str]
) -> Examination:
    """An examination of what was found in order before: only the model is asked for."""
    found = opened(project, environ)
    return replace(_with_stack(found, engine.stack(project)), problems=remembered)


def own_secrets(project: Project, environ: Mapping[str, str]) -> tuple[Secret, ...]:
    """The secrets that can be known without asking Compose anything."""
    return opened(project, environ).secrets


def model_secrets(stack: Stack, project: Project) -> tuple[Secret, ...]:
    """The secrets among what a model gives its containers."""
    schema = read_schema(project.schema, "").schema if project.schema else None
    return once(secrets_among((pair for env in contained(stack).values() for pair in env.items()), schema))


def _names(found: Examination, more: Iterable[str]) -> list[str]:
    """The variables whose value is of interest: declared ones, those of the project's own files, those in use."""
    own = (key for file in found.own_files for key in file.keys)
    declared = found.schema.keys if found.schema else ()
    return sorted({key for key in (*declared, *own, *more) if key.isascii() and key.isidentifier()})


def _told(
    found: Examination,
    engine: Engine,
    project: Project,
    source: Question[str],
    values: Question[Mapping[str, str | None]],
) -> tuple[Examination, ConfigurationInvalid | None]:
    """What the first two questions tell; or why there are no values, which is a matter of the project's own files.

    Raises:
        ConfigurationInvalid: the compose files cannot be read, whatever the environment.
    """
    try:
        told = dict(values.answer())
    except ConfigurationInvalid as error:
        return found, error
    try:
        refs = references(source.answer())
    except ConfigurationInvalid as error:
        raise discreet(error, found.secrets, project) from None
    if late := sorted(refs.names - set(told)):  # of files that are included or extended
        told |= engine.values(project, late)
    found = with_service_files(replace(found, references=refs.in_place(told)), project)
    wrapped = {name: None if text is None else Secret(text) for name, text in told.items()}
    secrets = once((*found.secrets, *secrets_among(clear(wrapped), found.schema)))
    return replace(found, values=wrapped, secrets=secrets), None


def _refusal(model: Question[Stack]) -> ConfigurationInvalid | None:
    try:
        model.answer()
    except ConfigurationInvalid as error:
        return error
    return None


def _resolved(found: Examination, model: Question[Stack]) -> Examination:
    return found if _refusal(model) else _with_stack(found, model.answer())


def _with_stack(found: Examination, stack: Stack) -> Examination:
    inside = contained(stack)
    pairs = [*clear(found.values), *(pair for env in inside.values() for pair in env.items())]
    wrapped = {name: {key: Secret(text) for key, text in env.items()} for name, env in inside.items()}
    secrets = once((*found.secrets, *secrets_among(pairs, found.schema)))
    return replace(found, stack=stack, contained=wrapped, secrets=secrets)
