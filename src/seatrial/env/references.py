"""Which variables the compose files ask for, and where. Pure: the merged model before interpolation, as JSON text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seatrial.env.dollars import Form, dollars
from seatrial.env.schema import Item, Template

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEFAULTS = (":-", "-")


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
    """One entry of a service's `env_file:`, in order; `path` as Compose made it absolute."""

    service: str
    path: str
    required: bool = True
    raw: bool = False


@dataclass(frozen=True, slots=True)
class References:
    """What a model asks of its environment. `declared` are `(service, key)` pairs of `environment:`."""

    uses: tuple[Use, ...] = ()
    env_files: tuple[EnvFile, ...] = ()
    declared: frozenset[tuple[str, str]] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(use.name for use in self.uses)

    def services_of(self, name: str) -> tuple[str, ...]:
        """The services in whose part of the model the name stands, each once, in order."""
        return tuple(dict.fromkeys(use.service for use in self.uses if use.name == name and use.service))


def references(uninterpolated: str) -> References:
    """Read the answer of `docker compose config --no-interpolate --format json`."""
    model = json.loads(uninterpolated)
    services: dict[str, Any] = model.get("services") or {}
    return References(
        tuple(use for key, value in model.items() if key != "name" for use in _uses(value, (key,))),
        tuple(file for name, service in services.items() for file in _env_files(name, service or {})),
        frozenset(
            (name, key) for name, service in services.items() for key in (service or {}).get("environment") or {}
        ),
    )


def covered(item: Item, found: References) -> bool:
    """Whether a variable need not be set: every use of it has a default, and it is the schema's."""
    uses = [use for use in found.uses if use.name == item.key]
    text = item.initial.text if isinstance(item.initial, Template) else None
    return bool(uses) and text is not None and all(u.operator in _DEFAULTS and u.argument == text for u in uses)


def _uses(value: Any, path: tuple[str, ...]) -> Iterator[Use]:
    if isinstance(value, str):
        yield from _in_text(value, path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if inner is None and _is_environment(path):
                yield Use(key, ".".join((*path, key)), path[1], "inherit")
            yield from _in_text(key, path)
            yield from _uses(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _uses(inner, (*path, str(index)))


def _is_environment(path: tuple[str, ...]) -> bool:
    return len(path) == 3 and path[0] == "services" and path[2] == "environment"


def _in_text(text: str, path: tuple[str, ...]) -> Iterator[Use]:
    if "$" not in text:
        return
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
