"""Every source of one variable, highest first, and which of them each service gets. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from seatrial.env import given
from seatrial.env.known import is_pasted, is_secret
from seatrial.env.schema import Item, Template
from seatrial.env.secret import REDACTED, Secret
from seatrial.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.env.examination import Examination
    from seatrial.project import Project


_SOME = 20


@dataclass(frozen=True, slots=True)
class Source:
    """One place that gives the variable a value; `text` is None where the place says nothing about its value."""

    place: str
    text: str | None
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Reception:
    """What a service gets: `text` None is nothing at all; `source` names the place, or why it gets nothing."""

    service: str
    text: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything about one variable.

    Attributes:
        sources: of `${NAME}` in compose files, highest first; at most one counts.
        services: that get it, or that an env file or `environment:` would give it to.
        resolved: whether the services are known; they are not while Compose refuses the project.
    """

    name: str
    item: Item | None
    sources: tuple[Source, ...]
    services: tuple[Reception, ...]
    uses: tuple[str, ...] = ()
    resolved: bool = True


def explained(name: str, found: Examination, project: Project, environ: Mapping[str, str]) -> Explanation:
    """What is known about `name`; secret values are already replaced.

    Raises:
        UsageError: nobody knows the name.
    """
    _stop_if_unknown(name, found, environ)
    item = found.schema.by_key().get(name) if found.schema else None
    hidden = is_secret(name, found.schema)

    def shown(text: str | None) -> str | None:
        return REDACTED if text and hidden else text

    sources = [Source(place, shown(text), counts) for place, text, counts in _sources(name, found, item, environ)]
    return Explanation(
        name,
        item,
        tuple(sources),
        tuple(Reception(service, shown(text), source) for service, text, source in _receptions(name, found, project)),
        tuple(dict.fromkeys(use.place for use in found.references.uses if use.name == name)),
        found.stack is not None,
    )


def _stop_if_unknown(name: str, found: Examination, environ: Mapping[str, str]) -> None:
    refs = found.references
    if name in environ or not refs.services:  # what the compose files use is not known: no name can be refused
        return
    known = {*(found.schema.keys if found.schema else ()), *refs.names, *(key for _, key in refs.declared)}
    known |= {key for file in (*found.files, *found.included) for key in file.keys}
    known |= {key for env in found.contained.values() for key in env}
    if name in known:
        return
    telling = sorted(key for key in known if key and not is_pasted(key, found.schema))
    near = get_close_matches(name.upper(), telling, n=3)
    some = ", ".join(telling[:_SOME]) + (f" … ({len(telling)} in all)" if len(telling) > _SOME else "")
    fix = f"did you mean {' or '.join(near)}?" if near else f"use one of {some}"
    raise UsageError(
        f"no variable `{name}`: it is in no schema, env file or compose file of this project, nor in the shell",
        fix=fix if telling else "name a variable that a compose file uses: the project has none yet",
    )


def _sources(
    name: str, found: Examination, item: Item | None, environ: Mapping[str, str]
) -> Iterator[tuple[str, str | None, bool]]:
    taken = name in environ
    if taken:
        yield "the shell" + (" (set, and empty)" if not environ[name] else ""), environ[name], True
    for file in found.own_files:
        for statement in reversed([s for s in file.statements if s.key == name and s.fault is None]):
            value = None if statement.inherits else Secret(statement.value)
            value = value if taken else found.values.get(name)
            yield f"{file.shown}:{statement.line}", value.reveal() if value else None, not taken
            taken = True
    for file in found.included:
        if (line := file.line_of(name)) is not None:
            yield f"{file.shown}:{line} (env_file of `include`, for the included files)", None, not taken
            taken = True
    defaults = {use.argument for use in found.references.uses if use.name == name and use.operator in (":-", "-")}
    for default in sorted(defaults):
        yield "default in the compose files", default, not taken
    if item and item.made_up:
        yield f"the schema, line {item.line}: env.init makes up a value", None, False
    if item and isinstance(item.initial, Template) and item.initial.text:
        yield f"the schema, line {item.line}: env.init writes it", item.initial.text, False


def _receptions(name: str, found: Examination, project: Project) -> Iterator[tuple[str, str | None, str]]:
    files = given.by_path(found.files)
    for service, env in found.contained.items():
        if (secret := env.get(name)) is not None:
            place, line = given.to_service(name, service, found, project)
            yield service, secret.reveal(), place if line is None else f"env_file {place}:{line}"
        elif (service, name) in found.references.declared:
            yield service, None, "environment: passes it through, and it is set nowhere outside"
        elif any((file := files.get(e.path)) and name in file.keys for e in found.references.files_of(service)):
            yield service, None, "its env_file names it without a value, and it is not set in the shell"
