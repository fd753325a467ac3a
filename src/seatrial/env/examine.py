"""Asks the installed Compose what every container would get, and holds it against the schema. Starts nothing.

The order matters: an env file that Compose refuses is explained from its own text, because Compose quotes values; what
is missing is found by a probe that fails for nothing; the model is asked for only when it can be resolved.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.env import rules
from seatrial.env.check import Found, check, undocumented, unused
from seatrial.env.examination import Examination, ordered
from seatrial.env.files import Read, read, read_schema
from seatrial.env.known import is_tools_own, secrets_among
from seatrial.env.lint import Surroundings, lint
from seatrial.env.problem import Problem, errors
from seatrial.env.references import covered, references
from seatrial.env.secret import Secret
from seatrial.stack import contained

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from seatrial.engine import Engine
    from seatrial.env.schema import Schema
    from seatrial.project import Project


def examine(
    engine: Engine,
    project: Project,
    environ: Mapping[str, str],
    start: Path,
    keep_secret: Callable[[tuple[Secret, ...]], None] = lambda _: None,
) -> Examination:
    """All problems in one run. `start` is where the person stands: an env file there may mislead other tools.

    `keep_secret` is told the secrets as soon as they are known: before Compose, which quotes them, is first called.

    Raises:
        ConfigurationInvalid: the compose files themselves cannot be used.
        EngineError: there is no docker client.
    """
    found = _read(project, environ)
    keep_secret(found.secrets)
    if errors(found.problems):
        return ordered(found)
    found = replace(found, references=references(engine.uninterpolated(project)))
    found = _with_service_files(found, project, environ)
    keep_secret(found.secrets)
    if errors(found.problems):
        return ordered(found)
    found = _with_values(found, engine, project, environ, start)
    if errors(found.problems):
        return ordered(found)
    keep_secret(found.secrets)
    found = _with_model(found, engine, project)
    keep_secret(found.secrets)
    return ordered(found)


def own_secrets(project: Project, environ: Mapping[str, str]) -> tuple[Secret, ...]:
    """The secrets that can be known without asking Compose anything."""
    return _read(project, environ).secrets


def _read(project: Project, environ: Mapping[str, str]) -> Examination:
    """The schema, and the project's env file as text: its values are known as secrets before anything is called."""
    schema, problems = None, list[Problem]()
    if project.schema:
        loaded = read_schema(project.schema, shown(project.schema, project))
        if isinstance(loaded, Problem):
            problems.append(loaded)
        else:
            schema = loaded.schema
            problems += loaded.problems
    own = project.env_file or _by_compose(project)
    files = (read(own, shown(own, project)),) if own else ()
    problems += rules.unusable(project.root)
    problems += [file.trouble for file in files if file.trouble]
    texts = {s.key: s.value for file in files for s in file.statements}
    texts |= {name: value for name, value in environ.items() if not schema or name in schema.keys}
    return Examination(schema, tuple(problems), files=files, secrets=tuple(secrets_among(texts, schema)))


def _by_compose(project: Project) -> Path | None:
    """The `.env` that Compose reads on its own; None where its variables choose otherwise."""
    file = project.directory / ".env"
    return file if file.is_file() and not project.env_files_chosen else None


def examine_again(
    engine: Engine, project: Project, remembered: tuple[Problem, ...], environ: Mapping[str, str]
) -> Examination:
    """An examination of what was found in order before: only the model is asked for."""
    found = _read(project, environ)
    stack = engine.stack(project)
    inside = contained(stack)
    secrets = [*found.secrets, *(s for env in inside.values() for s in secrets_among(env, found.schema))]
    wrapped = {name: {key: Secret(text) for key, text in env.items()} for name, env in inside.items()}
    return replace(found, stack=stack, problems=remembered, contained=wrapped, secrets=tuple(dict.fromkeys(secrets)))


def _with_service_files(found: Examination, project: Project, environ: Mapping[str, str]) -> Examination:
    """The files of `env_file:` too, and lint of all of them."""
    known = {file.path for file in found.files}
    more = [
        read(Path(entry.path), shown(Path(entry.path), project))
        for entry in dict.fromkeys(found.references.env_files)
        if Path(entry.path) not in known and not entry.raw and (entry.required or Path(entry.path).exists())
    ]
    files = (*found.files, *{file.path: file for file in more}.values())
    texts = {s.key: s.value for file in more for s in file.statements}
    problems = [*found.problems, *(file.trouble for file in more if file.trouble)]
    for file in files:
        if file.trouble is None:
            problems += lint(file.data, file.shown, _surroundings(file, files, found.schema, environ))
    secrets = (*found.secrets, *secrets_among(texts, found.schema))
    return replace(found, files=files, problems=tuple(problems), secrets=secrets)


def _surroundings(
    file: Read, files: tuple[Read, ...], schema: Schema | None, environ: Mapping[str, str]
) -> Surroundings:
    items = schema.items if schema else ()
    return Surroundings(
        declared=frozenset(item.key for item in items),
        sensitive=frozenset(item.key for item in items if item.sensitive),
        # What the shell says the same as the file shadows nothing.
        shell=frozenset(s.key for s in file.statements if s.key in environ and environ[s.key] != s.value),
        elsewhere=frozenset(key for other in files if other is not file for key in other.keys),
    )


def _with_values(
    found: Examination, engine: Engine, project: Project, environ: Mapping[str, str], start: Path
) -> Examination:
    """What every variable stands for, and what is wrong with it."""
    schema, refs = found.schema, found.references
    keys = schema.keys if schema else ()
    values = engine.values(project, sorted({*keys, *refs.names}))
    problems = [*found.problems, *rules.in_a_subfolder(start, project, found.files)]
    if schema:
        places = {key: _place(key, values.get(key), found, environ) for key in keys}
        enough = {item.key for item in schema.items if covered(item, refs)}
        problems += check(schema, places, enough)
        used = {use.name: shown(project.files[0], project) for use in refs.uses if not is_tools_own(use.name)}
        problems += undocumented(schema, used)
    problems += rules.demanded(refs, values, {problem.key for problem in problems}, shown(project.files[0], project))
    secrets = (*found.secrets, *secrets_among({k: v for k, v in values.items() if v}, schema))
    wrapped = {name: None if text is None else Secret(text) for name, text in values.items()}
    return replace(found, problems=tuple(problems), values=wrapped, secrets=secrets)


def _place(key: str, text: str | None, found: Examination, environ: Mapping[str, str]) -> Found:
    """The value with where it comes from, for messages."""
    own = found.files[0] if found.files else None
    secret = None if text is None else Secret(text)
    if key in environ:
        return Found(secret, "the shell")
    return Found(secret, own.shown if own else "env/.env", own.line_of(key) if own else None)


def _with_model(found: Examination, engine: Engine, project: Project) -> Examination:
    """What each service's containers would get: the same rules, and the traps between files and shell."""
    stack = engine.stack(project)
    inside = contained(stack)
    problems = list(found.problems)
    if found.schema:
        problems += rules.in_services(found.schema, inside, found.values)
        used = {*found.references.names, *(key for env in inside.values() for key in env), *_quoted(found)}
        used |= _in_other_files(project)
        problems += [p for p in unused(found.schema, used) if not is_tools_own(p.key or "")]
    problems += rules.env_file_ignores_shell(found.references, found.files, inside, found.values)
    problems += rules.removed_by_pass_through(found.references, found.files, inside)
    secrets = list(found.secrets)
    public = {key: secret.reveal() for key, secret in found.values.items() if secret}
    for env in inside.values():
        secrets += secrets_among({**public, **env}, found.schema)
    return replace(
        found,
        stack=stack,
        problems=tuple(problems),
        contained={name: {key: Secret(text) for key, text in env.items()} for name, env in inside.items()},
        secrets=tuple(dict.fromkeys(secrets)),
    )


def _in_other_files(project: Project) -> set[str]:
    """Names that overlays beside the compose files use: they are not part of this run, and used all the same."""
    overlays = {*project.directory.glob("*.yaml"), *project.directory.glob("*.yml")} - set(project.files)
    return {name for file in overlays for name in rules.names_in(file.read_text("utf-8", "replace"))}


def _quoted(found: Examination) -> Iterator[str]:
    """Variables that other variables of the env files are made of."""
    for file in found.files:
        for statement in file.statements:
            if statement.quote != "'":
                yield from rules.names_in(statement.value)


def shown(path: Path, project: Project) -> str:
    """A path as people would type it from the project's root."""
    relative = os.path.relpath(path, project.root)
    return str(path) if relative.startswith("..") else relative
