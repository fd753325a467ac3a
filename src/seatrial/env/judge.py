"""Everything that is wrong, from what is known: the files as text and what Compose said. Asks nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.env import given, rules
from seatrial.env.check import Found, check, undocumented, unused
from seatrial.env.image_names import unreadable_images
from seatrial.env.known import is_tools_own
from seatrial.env.lint import Surroundings, lint
from seatrial.env.paths import shown
from seatrial.env.problem import errors
from seatrial.env.references import covered
from seatrial.env.subfolder import in_a_subfolder, passed_over
from seatrial.env.warned import other_files, warned
from seatrial.env.words import names_mentioned, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from seatrial.env.examination import Examination
    from seatrial.env.files import Read
    from seatrial.env.problem import Problem
    from seatrial.env.schema import Schema
    from seatrial.project import Project


def judged(found: Examination, project: Project, environ: Mapping[str, str], start: Path) -> tuple[Problem, ...]:
    """All problems at once: in the files, of the values, between files, shell and containers."""
    problems = [*found.problems, *in_files(found, environ)]
    problems += in_a_subfolder(start, project)
    problems += passed_over(project)
    problems += other_files(project, environ)
    problems += warned(found, project)
    problems += unreadable_images(found, project)
    compose_file = shown(project.files[0], project)
    if found.schema and found.values:
        problems += _of_values(found.schema, found, environ)
        problems += _between_schema_and_model(found.schema, found, project)
    if not found.stack:
        problems += rules.demanded(found, {problem.key for problem in errors(problems)}, compose_file)
    problems += rules.too_long(found, project)
    problems += rules.env_file_ignores_shell(found)
    problems += rules.removed_by_pass_through(found)
    return tuple(problems)


def in_files(found: Examination, environ: Mapping[str, str]) -> Iterator[Problem]:
    """Lint of the env files that count, and those that cannot be read. Compose reads none of a service that is off."""
    for index, file in enumerate(found.files):
        if index >= found.own and not _services_of(file, found) & found.active:
            continue
        if file.trouble is None:
            yield from lint(file.data, file.shown, _surroundings(file, found, environ))
        elif not found.stack:  # what Compose could read is no trouble
            yield file.trouble


def _services_of(file: Read, found: Examination) -> set[str]:
    return {entry.service for entry in found.references.env_files if entry.path == str(file.path)}


def _surroundings(file: Read, found: Examination, environ: Mapping[str, str]) -> Surroundings:
    """What may have a say in the file's variables: the project's own files, and what else its services are given."""
    services = _services_of(file, found)
    entries = {entry.path for entry in found.references.env_files if entry.service in services}
    others = [
        other
        for index, other in enumerate(found.files)
        if other is not file and (index < found.own or str(other.path) in entries)
    ]
    elsewhere = {key for other in others for key in other.keys}
    elsewhere |= {key for service, key in found.references.declared if service in services}
    items = found.schema.items if found.schema else ()
    own = any(file is own for own in found.own_files)
    return Surroundings(
        declared=frozenset(item.key for item in items),
        sensitive=frozenset(item.key for item in items if item.sensitive),
        # What the shell says the same as the file makes no difference.
        shell=frozenset(environ) - {s.key for s in file.statements if environ.get(s.key) == s.value},
        elsewhere=frozenset(elsewhere),
        for_project=own,
        schema=found.schema.file if found.schema and items and own else "",
        missed=found.references.names,
    )


def _of_values(schema: Schema, found: Examination, environ: Mapping[str, str]) -> Iterator[Problem]:
    places = {}
    for key in schema.keys:
        file, line = given.of_project(key, found, environ)
        places[key] = Found(found.values.get(key), file, line, by_init=file == found.target)
    enough = {item.key for item in schema.items if covered(item, found.references, found.active)}
    yield from check(schema, places, enough)


def _between_schema_and_model(schema: Schema, found: Examination, project: Project) -> Iterator[Problem]:
    compose_file = shown(project.files[0], project)
    if schema.items:  # else it says itself that it is empty, or cannot be read
        yield from undocumented(schema, {n: compose_file for n in found.references.names if not is_tools_own(n)})
    yield from rules.in_services(schema, found, project)
    given_whole = any(_services_of(file, found) for file in found.own_files)
    if found.stack and not given_whole:
        used = {*found.references.names, *(key for env in found.contained.values() for key in env)}
        used |= {name for file in found.files for name in _made_of(file)} | words_of(project)
        used |= {key for file in found.files if _services_of(file, found) for key in file.keys}
        yield from (p for p in unused(schema, used) if not is_tools_own(p.key or ""))


def _made_of(file: Read) -> Iterator[str]:
    """Variables that other variables of the file are made of."""
    for statement in file.statements:
        if statement.quote != "'":
            yield from names_mentioned(statement.value)
