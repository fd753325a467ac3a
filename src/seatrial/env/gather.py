"""Puts together what the files say and what Compose answers, and has it judged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seatrial.env.discretion import discreet
from seatrial.env.examination import Examination, ordered
from seatrial.env.files import read_schema
from seatrial.env.handed import handed, mounted
from seatrial.env.known import clear, once, secrets_among
from seatrial.env.opening import opened, with_service_files
from seatrial.env.paths import PROFILES
from seatrial.env.problem import errors
from seatrial.env.secret import Secret
from seatrial.env.sound import wrapped
from seatrial.errors import ConfigurationInvalid
from seatrial.stack import contained

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from seatrial.engine import Engine
    from seatrial.engine.together import Question
    from seatrial.env.references import References
    from seatrial.project import Project
    from seatrial.stack import Stack


@dataclass(frozen=True, slots=True)
class Asked:
    """What an engine is being asked already, and the engine, to ask it more."""

    engine: Engine
    source: Question[str]
    model: Question[Stack]
    values: Question[Mapping[str, str | None]]


def gathered(
    asked: Asked,
    project: Project,
    environ: Mapping[str, str],
    start: Path,
    keep_secret: Callable[[Iterable[Secret]], None],
) -> Examination:
    """Everything that is known, with all problems. Raises as `examine` does."""
    from seatrial.env.judge import in_files, judged  # with the schema's rules; secrets are known without

    found = opened(project, environ)
    keep_secret(found.secrets)
    found, refused = _told(found, asked, project)
    found = found if refused else _resolved(found, asked.model, environ)
    refused = refused or _refusal(asked.model)
    keep_secret(found.secrets)
    if refused and not found.references.services:
        found = replace(found, problems=(*found.problems, *in_files(found, environ)))
    else:
        found = replace(found, problems=judged(found, project, environ, start))
    if refused and not errors(found.problems):
        raise discreet(refused, found.secrets, project) from None
    return ordered(found)


def unreadable(project: Project, environ: Mapping[str, str]) -> Examination:
    """What is to be said when Compose cannot be asked."""
    return ordered(opened(project, environ))


def own_secrets(project: Project, environ: Mapping[str, str]) -> tuple[Secret, ...]:
    """The secrets that can be known without asking Compose anything."""
    return opened(project, environ).secrets


def model_secrets(stack: Stack, project: Project, environ: Mapping[str, str]) -> tuple[Secret, ...]:
    """The secrets among what a model gives its containers, as variables and as files."""
    found = given_secrets(contained(stack).values(), project)
    if '"secrets"' not in stack.resolved:
        return found
    return once((*found, *handed(stack, _said(opened(project, environ), environ))))


def older_secrets(
    engine: Engine, container_ids: Sequence[str], stacks: Iterable[Stack], project: Project
) -> set[Secret]:
    """What was secret when containers were made, of the variables that the project sets.

    What an image sets itself, such as its version, is nobody's secret.
    """
    schema = read_schema(project.schema, "").schema if project.schema else None
    set_here = {name for stack in stacks for env in contained(stack).values() for name in env}
    pairs = [pair for env in engine.environments(container_ids).values() for pair in env.items()]
    named = [(name, text) for name, text in pairs if name in set_here]
    return {*secrets_among(named, schema), *secrets_among(pairs, None)}


def inside_secrets(engine: Engine, container_ids: Sequence[str], project: Project) -> tuple[Secret, ...]:
    """The secrets that containers have: those of old ones may stand in no file any more."""
    given = given_secrets(engine.environments(container_ids).values(), project)
    return once((*given, *mounted(engine.facts(container_ids))))


def given_secrets(environments: Iterable[Mapping[str, str]], project: Project) -> tuple[Secret, ...]:
    """The secrets among the variables that containers are given."""
    schema = read_schema(project.schema, "").schema if project.schema else None
    return once(secrets_among((pair for env in environments for pair in env.items()), schema))


def _said(found: Examination, environ: Mapping[str, str]) -> dict[str, str]:
    """What the project's own files and the shell say, which wins; in clear, and not interpolated."""
    files = {s.key: s.value.replace("$$", "$") for file in reversed(found.own_files) for s in file.statements}
    return {**files, **environ}


def _told(found: Examination, asked: Asked, project: Project) -> tuple[Examination, ConfigurationInvalid | None]:
    """What the first two questions tell; or why there are no values, which is a matter of the project's own files.

    Raises:
        ConfigurationInvalid: the compose files cannot be read, whatever the environment.
    """
    try:
        told = dict(asked.values.answer())
    except ConfigurationInvalid as error:
        return found, error
    try:
        refs = _references(asked.source.answer())
    except ConfigurationInvalid as error:
        if _refusal(asked.model):
            raise discreet(error, found.secrets, project) from None
        refs = _by_text(asked.model.answer(), project)
    wanted = _of_interest(found, refs.names)
    if late := sorted(wanted - set(told)):  # most of all of files that are included or extended
        told |= asked.engine.values(project, late)
    told = {name: told[name] for name in sorted(wanted) if name != PROFILES or told[name] is not None}
    found = with_service_files(replace(found, references=refs.in_place(told)), project)
    values = {name: None if text is None else Secret(text) for name, text in told.items()}
    secrets = once((*found.secrets, *secrets_among(clear(values), found.schema)))
    return replace(found, values=values, secrets=secrets), None


def _references(source: str) -> References:
    from seatrial.env.references import references

    return references(source)


def _by_text(stack: Stack, project: Project) -> References:
    """What can be known where Compose refuses the model as it is written (2.26, `extends` with a default in a volume).

    Names without their place in the model; no rule about one service's uses applies.
    """
    from seatrial.engine.compose_text import related
    from seatrial.env.references import References, Use
    from seatrial.env.words import names_mentioned

    names = sorted({name for source in related(project.files, project.root) for name in names_mentioned(source.text)})
    return References(tuple(Use(name, "") for name in names), profiles=dict.fromkeys(stack.names, ()))


def _of_interest(found: Examination, used: Iterable[str]) -> set[str]:
    """The variables that are declared, used, or set in the project's own files, and the one that switches profiles."""
    own = (key for file in found.own_files for key in file.keys if key.isascii() and key.isidentifier())
    return {PROFILES, *(found.schema.keys if found.schema else ()), *used, *own}


def _refusal(model: Question[Stack]) -> ConfigurationInvalid | None:
    try:
        model.answer()
    except ConfigurationInvalid as error:
        return error
    return None


def _resolved(found: Examination, model: Question[Stack], environ: Mapping[str, str]) -> Examination:
    return found if _refusal(model) else _with_stack(found, model.answer(), environ)


def _with_stack(found: Examination, stack: Stack, environ: Mapping[str, str]) -> Examination:
    inside = contained(stack)
    values = dict(clear(found.values))
    pairs = [*values.items(), *(pair for env in inside.values() for pair in env.items())]
    as_files = handed(stack, {**_said(found, environ), **values})
    secrets = once((*found.secrets, *secrets_among(pairs, found.schema), *as_files))
    return replace(found, stack=stack, contained=wrapped(inside), secrets=secrets)
