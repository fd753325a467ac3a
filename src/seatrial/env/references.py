"""Which variables the compose files ask for, and where. Pure: the merged model before interpolation, as JSON text."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from seatrial.env.schema import Item

_DEFAULTS = (":-", "-")
INHERIT = "inherit"


@dataclass(frozen=True, slots=True)
class Use:
    """One `${NAME…}`: `place` is the path in the model (`services.web.ports.0`), `service` the service or "".

    `operator` and `argument` as in `dollars`. A bare `NAME` under `environment:` has the operator "inherit".
    """

    name: str
    place: str
    service: str = ""
    operator: str = ""
    argument: str = ""


@dataclass(frozen=True, slots=True)
class EnvFile:
    """One entry of a service's `env_file:`, in order; `path` as Compose made it absolute, variables not yet put in."""

    service: str
    path: str
    required: bool = True
    raw: bool = False


@dataclass(frozen=True, slots=True)
class References:
    """What a model asks of its environment, services of inactive profiles included.

    Attributes:
        declared: `(service, key)` pairs of `environment:`.
        profiles: by service, the profiles that switch it on; none is always on.
    """

    uses: tuple[Use, ...] = ()
    env_files: tuple[EnvFile, ...] = ()
    declared: frozenset[tuple[str, str]] = frozenset()
    profiles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(self.profiles)

    def switched_on(self, chosen: Collection[str]) -> frozenset[str]:
        """The services that run with these profiles."""
        return frozenset(
            name for name, own in self.profiles.items() if not own or "*" in chosen or not set(own).isdisjoint(chosen)
        )

    @property
    def names(self) -> frozenset[str]:
        return frozenset(use.name for use in self.uses)

    def services_of(self, name: str) -> tuple[str, ...]:
        """The services in whose part of the model the name stands, each once, in order."""
        return tuple(dict.fromkeys(use.service for use in self.uses if use.name == name and use.service))

    def files_of(self, service: str) -> tuple[EnvFile, ...]:
        return tuple(entry for entry in self.env_files if entry.service == service)

    def in_place(self, values: Mapping[str, str | None]) -> References:
        """The same with the variables in the paths of env files put in."""
        from seatrial.env_syntax.dollars import expanded

        files = tuple(
            replace(e, path=expanded(e.path, values.get)) if "$" in e.path else e for e in self.env_files
        )  # fmt: skip
        return replace(self, env_files=files)


def references(uninterpolated: str) -> References:
    """Read the answer of `docker compose config --no-interpolate --format json`."""
    model = json.loads(uninterpolated)
    services: dict[str, Any] = model.get("services") or {}
    environments = {name: _environment(service or {}) for name, service in services.items()}
    uses = [use for key, value in model.items() if key != "name" for use in _uses(value, (key,))]
    for service, pairs in environments.items():
        place = f"services.{service}.environment"
        uses += [Use(key, f"{place}.{key}", service, INHERIT) for key, text in pairs if text is None]
    return References(
        tuple(uses),
        tuple(file for name, service in services.items() for file in _env_files(name, service or {})),
        frozenset((name, key) for name, pairs in environments.items() for key, _ in pairs),
        {name: tuple((service or {}).get("profiles") or ()) for name, service in services.items()},
    )


def covered(item: Item, found: References, active: Collection[str]) -> bool:
    """Whether a variable need not be set: every use of it in what runs has a default, and it is the schema's."""
    from seatrial.env.schema import Template

    uses = [use for use in found.uses if use.name == item.key and (not use.service or use.service in active)]
    text = item.initial.text if isinstance(item.initial, Template) else None
    return bool(uses) and text is not None and all(u.operator in _DEFAULTS and u.argument == text for u in uses)


def _environment(service: dict[str, Any]) -> list[tuple[str, str | None]]:
    """`environment:` as pairs; before interpolation Compose leaves a list of `KEY=value` and `KEY` as it is."""
    found = service.get("environment") or {}
    if isinstance(found, dict):
        return list(found.items())
    split = (str(entry).partition("=") for entry in found)
    return [(key, text if mark else None) for key, mark, text in split]


def _uses(value: Any, path: tuple[str, ...]) -> Iterator[Use]:
    if isinstance(value, str):
        yield from _in_text(value, path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _in_text(key, path)
            yield from _uses(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _uses(inner, (*path, str(index)))


def _in_text(text: str, path: tuple[str, ...]) -> Iterator[Use]:
    if "$" not in text:
        return
    from seatrial.env_syntax.dollars import Form, dollars

    service = path[1] if len(path) > 1 and path[0] == "services" else ""
    for dollar in dollars(text):
        if dollar.form in (Form.BARE, Form.BRACED):
            yield Use(dollar.name, ".".join(path), service, dollar.operator, dollar.argument)
            yield from _in_text(dollar.argument, path)


def _env_files(service: str, model: dict[str, Any]) -> Iterator[EnvFile]:
    for entry in model.get("env_file") or ():
        if isinstance(entry, str):
            yield EnvFile(service, entry)
        else:
            yield EnvFile(service, entry["path"], entry.get("required", True), entry.get("format") == "raw")
