"""Every source of one variable, highest first, and which of them each service gets. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.env.known import is_secret
from seatrial.env.schema import Item, Template
from seatrial.env.secret import REDACTED, Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.env.examination import Examination
    from seatrial.project import Project


@dataclass(frozen=True, slots=True)
class Source:
    """One place that gives the variable a value; `text` is None where the place says nothing about its value."""

    place: str
    text: str | None
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Reception:
    """What a service gets: `text` None is nothing at all; `source` names the place."""

    service: str
    text: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything about one variable.

    Attributes:
        sources: of `${NAME}` in compose files, highest first; at most one counts.
        services: that get it, or that an env file or `environment:` gives it to.
    """

    name: str
    item: Item | None
    sources: tuple[Source, ...]
    services: tuple[Reception, ...]
    uses: tuple[str, ...] = ()


def explained(name: str, found: Examination, project: Project, environ: Mapping[str, str]) -> Explanation:
    """What is known about `name`; secret values are already replaced."""
    item = found.schema.by_key().get(name) if found.schema else None
    hidden = is_secret(name, found.schema)

    def shown(text: str | None) -> str | None:
        return text if text is None or not hidden or not text else REDACTED

    sources = [Source(place, shown(text), counts) for place, text, counts in _sources(name, found, item, environ)]
    return Explanation(
        name,
        item,
        tuple(sources),
        tuple(
            Reception(service, shown(secret.reveal()), _given(name, service, found, project))
            for service, env in found.contained.items()
            if (secret := env.get(name)) is not None
        ),
        tuple(use.place for use in found.references.uses if use.name == name),
    )


def _sources(
    name: str, found: Examination, item: Item | None, environ: Mapping[str, str]
) -> Iterator[tuple[str, str | None, bool]]:
    taken = False
    if name in environ:
        yield "the shell" + (" (set, and empty)" if not environ[name] else ""), environ[name], True
        taken = True
    for file in found.files[:1]:
        for statement in reversed([s for s in file.statements if s.key == name and s.fault is None]):
            value = found.values.get(name) if not taken else Secret(statement.value)
            yield f"{file.shown}:{statement.line}", value.reveal() if value else None, not taken
            taken = True
    defaults = {use.argument for use in found.references.uses if use.name == name and use.operator in (":-", "-")}
    for default in sorted(defaults):
        yield "default in the compose files", default, not taken
    if item and isinstance(item.initial, Template) and item.initial.text:
        yield f"the schema, line {item.line}: env.init writes it", item.initial.text, False


def _given(name: str, service: str, found: Examination, project: Project) -> str:
    """Which of a service's own sources decides; `environment:` beats its last env file."""
    if (service, name) in found.references.declared:
        return "environment: in the compose file"
    paths = {str(file.path): file for file in found.files}
    for entry in reversed(found.references.env_files):
        file = paths.get(entry.path)
        if entry.service == service and file and name in file.keys:
            return f"env_file {file.shown}:{file.line_of(name)}"
    return f"environment: in {project.files[0].name}"
