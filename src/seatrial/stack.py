"""The resolved compose model as frozen values. Compose resolved it; this file only reads its answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seatrial.composed import plain
from seatrial.errors import UnknownService
from seatrial.service import Dependency, HealthCheck, Port, Service, read_service

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Dependency", "HealthCheck", "Port", "Service", "Stack", "contained", "parse"]


@dataclass(frozen=True, slots=True)
class Stack:
    """The services of one project, in the order of the model.

    Attributes:
        resolved: Compose's whole answer as JSON. It holds every value of the environment: never show or store it.
            Optional dependencies on services of inactive profiles are cut from it, as Compose cuts them in `up`.
        warnings: what Compose warned of when it resolved the model. A name in it may be a piece of a secret.
        separator: between project and service in the names that Compose gives to images.
        volumes: volumes that `down --volumes` deletes, as the engine names them (external ones are not ours to delete).
    """

    name: str
    services: tuple[Service, ...] = ()
    volumes: tuple[str, ...] = ()
    resolved: str = field(default="", repr=False, compare=False)
    warnings: tuple[str, ...] = field(default=(), repr=False, compare=False)
    separator: str = "-"
    _by_name: dict[str, Service] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {service.name: service for service in self.services})

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(service.name for service in self.services)

    def service(self, name: str) -> Service:
        """The service called `name`.

        Raises:
            UnknownService: with the names that exist.
        """
        if name in self._by_name:
            return self._by_name[name]
        known = ", ".join(self.names) or "(the project has no active service)"
        raise UnknownService(f"no service `{name}` in project {self.name}", fix=f"use one of {known}")

    def parsed(self) -> dict[str, Any]:
        """What Compose answered, whole; empty where it was not asked. It holds every value: never show or store it."""
        found: dict[str, Any] = json.loads(self.resolved) if self.resolved else {}
        return found

    def service_models(self) -> dict[str, dict[str, Any]]:
        """By service, its part of that."""
        return {name: model or {} for name, model in (self.parsed().get("services") or {}).items()}

    def builds(self) -> dict[str, dict[str, Any]]:
        """By service that is built, its build section; paths and Dockerfiles in it are as the disk has them."""
        return {name: plain(model["build"]) for name, model in self.service_models().items() if model.get("build")}

    def image_of(self, name: str) -> str:
        """The image that the service runs; Compose names the ones it builds after project and service.

        Of a service that is not active, which a build may use, the model has no other name.
        """
        return (self.service(name).image if name in self.names else "") or f"{self.name}{self.separator}{name}"

    def platform_of(self, name: str) -> str:
        """What `platform:` of the service asks for; "" for nothing."""
        return str(self.service_models().get(name, {}).get("platform") or "")

    def chosen(self, names: Iterable[str]) -> tuple[str, ...]:
        """`names` checked, without repeats, in the order of the model; all services when `names` is empty."""
        wanted = {self.service(name).name for name in names}
        return tuple(name for name in self.names if name in wanted) if wanted else self.names

    def closure(self, names: Iterable[str], *, required_only: bool = False) -> tuple[str, ...]:
        """`names` (all when empty) and everything they depend on, dependencies first.

        With `required_only`, dependencies with `required: false` are left out.
        """
        ordered: dict[str, None] = {}
        known = set(self.names)
        visited: set[str] = set()  # labels of containers of different age can form a circle

        def visit(name: str) -> None:
            if name in visited:
                return
            visited.add(name)
            for edge in self.service(name).depends_on:
                if edge.service in known and (edge.required or not required_only):
                    visit(edge.service)
            ordered[name] = None

        for name in self.chosen(names):
            visit(name)
        return tuple(ordered)

    def optional(self, names: Iterable[str]) -> frozenset[str]:
        """Of the closure of `names` (all when empty), the services without which what is asked for is up.

        They are declared so (`x-seatrial: {optional: true}`), or only optional dependencies lead to them.
        """
        named = set(names)
        roots = named or {service.name for service in self.services if not service.optional}
        required = self.closure(roots, required_only=True) if roots else self.names
        return frozenset(self.closure(named)) - set(required)

    def waiting_for(self, name: str) -> tuple[str, ...]:
        """The services that directly or indirectly require `name`, in the order of the model."""
        dependants: dict[str, list[str]] = {}
        for service in self.services:
            for edge in service.depends_on:
                if edge.required:
                    dependants.setdefault(edge.service, []).append(service.name)
        held: set[str] = set()
        waiting = [name]
        while waiting:
            if (first := waiting.pop()) not in held:
                held.add(first)
                waiting += dependants.get(first, ())
        return tuple(s for s in self.names if s in held and s != name)


def parse(resolved: str) -> Stack:
    """Read the answer of `docker compose config --format json`."""
    model = json.loads(resolved)
    services = model.get("services") or {}
    if _cut_edges(services):
        resolved = json.dumps(model)
    volumes = model.get("volumes") or {}
    return Stack(
        name=model["name"],
        services=tuple(read_service(name, text or {}) for name, text in services.items()),
        volumes=tuple(sorted(v["name"] for v in volumes.values() if v and not v.get("external"))),
        resolved=resolved,
    )


def _cut_edges(services: dict[str, Any]) -> bool:
    """Remove dependencies on services that the model does not have; whether there was one.

    Compose refuses a model with one when the model is fed back, and does not count it in the label's hash.
    """
    cut = False
    for service in services.values():
        edges = (service or {}).get("depends_on") or {}
        for name in [name for name in edges if name not in services]:
            del edges[name]
            cut = True
    return cut


def contained(stack: Stack) -> dict[str, dict[str, str]]:
    """By service, the environment that Compose would give its containers. Values are secrets: never show them.

    In Compose's JSON every `$` is doubled; a null is a variable that is taken away (`- NAME` that is set nowhere).
    """
    return {
        name: {k: plain(str(v)) for k, v in (model.get("environment") or {}).items() if v is not None}
        for name, model in stack.service_models().items()
    }
