"""The resolved compose model as frozen values. Compose resolved it; this file only reads its answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seatrial.composed import plain, seconds
from seatrial.errors import UnknownService

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Dependency:
    """One edge: `condition` is one of service_started, service_healthy, service_completed_successfully.

    `restart`: whether Compose is to restart the one that depends when it makes the other one anew.
    """

    service: str
    condition: str = "service_started"
    required: bool = True
    restart: bool = False


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The check of the compose file, with the engine's defaults filled in (moby daemon/health.go).

    Attributes:
        test: `("CMD", ...)` or `("CMD-SHELL", text)`; empty when the test is the image's and only timings are given.
    """

    test: tuple[str, ...]
    interval_s: float = 30.0
    timeout_s: float = 30.0
    start_period_s: float = 0.0
    start_interval_s: float = 5.0
    retries: int = 3


@dataclass(frozen=True, slots=True)
class Port:
    """A published port. `published` is a number, a range such as `3000-3005`, or "" for one the engine picks."""

    target: int
    published: str
    host_ip: str = ""
    protocol: str = "tcp"


@dataclass(frozen=True, slots=True)
class Service:
    """One service of the model.

    Attributes:
        healthcheck: None when the compose file says nothing; the image may still carry one.
        restart: `no`, `always`, `on-failure[:N]` or `unless-stopped`.
        replicas: how many containers are wanted; 0 is possible.
        stop_grace_period: as it is written (`1m30s`); "" leaves it to the engine.
        pre_stop: whether commands are to be run inside before it is stopped, which Compose alone does.
        shares: services whose network, processes, IPC or volumes its containers share.
        probe: the route in its `x-seatrial`, as it is written; not in the model, so "" where nobody has looked for it.
    """

    name: str
    image: str = ""
    builds: bool = False
    depends_on: tuple[Dependency, ...] = ()
    healthcheck: HealthCheck | None = None
    ports: tuple[Port, ...] = ()
    profiles: tuple[str, ...] = ()
    restart: str = "no"
    replicas: int = 1
    stop_grace_period: str = ""
    pre_stop: bool = False
    shares: tuple[str, ...] = ()
    probe: str = ""


@dataclass(frozen=True, slots=True)
class Stack:
    """The services of one project, in the order of the model.

    Attributes:
        resolved: Compose's whole answer as JSON. It holds every value of the environment: never show or store it.
        volumes: volumes that `down --volumes` deletes, as the engine names them (external ones are not ours to delete).
    """

    name: str
    services: tuple[Service, ...] = ()
    volumes: tuple[str, ...] = ()
    resolved: str = field(default="", repr=False, compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(service.name for service in self.services)

    def service(self, name: str) -> Service:
        """The service called `name`.

        Raises:
            UnknownService: with the names that exist.
        """
        for service in self.services:
            if service.name == name:
                return service
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
        """The image that the service runs; Compose names the ones it builds after project and service."""
        return self.service(name).image or f"{self.name}-{name}"

    def chosen(self, names: Iterable[str]) -> tuple[str, ...]:
        """`names` checked, without repeats, in the order of the model; all services when `names` is empty."""
        wanted = {self.service(name).name for name in names}
        return tuple(name for name in self.names if name in wanted) if wanted else self.names

    def closure(self, names: Iterable[str]) -> tuple[str, ...]:
        """`names` (all when empty) and everything they depend on, dependencies first."""
        ordered: dict[str, None] = {}
        known = set(self.names)
        visited: set[str] = set()  # labels of containers of different age can form a circle

        def visit(name: str) -> None:
            if name in visited:
                return
            visited.add(name)
            for edge in self.service(name).depends_on:
                if edge.service in known:
                    visit(edge.service)
            ordered[name] = None

        for name in self.chosen(names):
            visit(name)
        return tuple(ordered)

    def waiting_for(self, name: str) -> tuple[str, ...]:
        """The services that directly or indirectly depend on `name`, in the order of the model."""
        held: set[str] = {name}
        for _ in self.services:
            held |= {s.name for s in self.services if any(edge.service in held for edge in s.depends_on)}
        return tuple(s for s in self.names if s in held and s != name)


def parse(resolved: str) -> Stack:
    """Read the answer of `docker compose config --format json`."""
    model = json.loads(resolved)
    services = model.get("services") or {}
    volumes = model.get("volumes") or {}
    return Stack(
        name=model["name"],
        services=tuple(_service(name, text or {}) for name, text in services.items()),
        volumes=tuple(sorted(v["name"] for v in volumes.values() if v and not v.get("external"))),
        resolved=resolved,
    )


def contained(stack: Stack) -> dict[str, dict[str, str]]:
    """By service, the environment that Compose would give its containers. Values are secrets: never show them.

    In Compose's JSON every `$` is doubled; a null is a variable that is taken away (`- NAME` that is set nowhere).
    """
    return {
        name: {k: plain(str(v)) for k, v in (model.get("environment") or {}).items() if v is not None}
        for name, model in stack.service_models().items()
    }


def _service(name: str, model: Mapping[str, Any]) -> Service:
    deploy = model.get("deploy") or {}
    scale = model.get("scale")
    return Service(
        name=name,
        image=model.get("image") or "",
        builds=bool(model.get("build")),
        depends_on=tuple(_dependency(key, edge or {}) for key, edge in (model.get("depends_on") or {}).items()),
        healthcheck=_healthcheck(model.get("healthcheck")),
        ports=tuple(_port(port) for port in model.get("ports") or ()),
        profiles=tuple(model.get("profiles") or ()),
        restart=model.get("restart") or _deploy_restart(deploy),
        replicas=scale if scale is not None else deploy.get("replicas", 1),
        stop_grace_period=model.get("stop_grace_period") or "",
        pre_stop=bool(model.get("pre_stop")),
        shares=tuple(_shares(model)),
    )


def _shares(model: Mapping[str, Any]) -> Iterator[str]:
    for key in ("network_mode", "ipc", "pid"):
        kind, _, name = str(model.get(key) or "").partition(":")
        if kind == "service":
            yield name
    yield from (entry.split(":")[0] for entry in model.get("volumes_from") or () if not entry.startswith("container:"))


def _dependency(service: str, edge: Mapping[str, Any]) -> Dependency:
    condition = edge.get("condition") or "service_started"
    return Dependency(service, condition, edge.get("required", True), bool(edge.get("restart")))


def _deploy_restart(deploy: Mapping[str, Any]) -> str:
    """Compose maps `deploy.restart_policy` to the engine's policy (compose pkg/compose/create.go, getRestartPolicy)."""
    policy = deploy.get("restart_policy") or {}
    attempts = policy.get("max_attempts")
    names = {"none": "no", "on-failure": f"on-failure:{attempts}" if attempts else "on-failure", "any": "always"}
    return names.get(policy.get("condition", ""), "always" if policy else "no")


def _healthcheck(model: Mapping[str, Any] | None) -> HealthCheck | None:
    if not model or model.get("disable") or (model.get("test") or [""])[0] == "NONE":
        return None
    return HealthCheck(
        test=tuple(model.get("test") or ()),
        interval_s=seconds(model.get("interval"), 30.0),
        timeout_s=seconds(model.get("timeout"), 30.0),
        start_period_s=seconds(model.get("start_period"), 0.0),
        start_interval_s=seconds(model.get("start_interval"), 5.0),
        retries=model.get("retries") or 3,
    )


def _port(model: Mapping[str, Any]) -> Port:
    return Port(
        target=model["target"],
        published=str(model.get("published") or ""),
        host_ip=model.get("host_ip") or "",
        protocol=model.get("protocol") or "tcp",
    )
