"""One service of the resolved compose model as frozen values. Compose resolved it; this file only reads its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seatrial.composed import seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


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
        pull_policy: when its image is pulled or built again; "" is when there is none.
        optional: whether its `x-seatrial` says that the stack is up without it; as `probe`, not in the model.
        provider: the program that Compose runs in place of containers; "" for a service of containers.
        pre_start: whether Compose runs commands in containers of their own before it is started.
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
    pull_policy: str = ""
    optional: bool = False
    probe: str = ""
    provider: str = ""
    pre_start: bool = False


def read_service(name: str, model: Mapping[str, Any]) -> Service:
    """The service of which this is the part of Compose's answer. Pure."""
    deploy = model.get("deploy") or {}
    scale = model.get("scale")
    provider = str((model.get("provider") or {}).get("type") or "")
    return Service(
        name=name,
        image=model.get("image") or "",
        builds=bool(model.get("build")),
        depends_on=tuple(_dependency(key, edge or {}) for key, edge in (model.get("depends_on") or {}).items()),
        healthcheck=_healthcheck(model.get("healthcheck")),
        ports=tuple(_port(port) for port in model.get("ports") or ()),
        profiles=tuple(model.get("profiles") or ()),
        restart=model.get("restart") or _deploy_restart(deploy),
        replicas=0 if provider else scale if scale is not None else deploy.get("replicas", 1),
        stop_grace_period=model.get("stop_grace_period") or "",
        pre_stop=bool(model.get("pre_stop")),
        shares=tuple(_shares(model)),
        pull_policy=model.get("pull_policy") or "",
        provider=provider,
        pre_start=bool(model.get("pre_start")),
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
