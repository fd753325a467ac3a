"""Reads what Compose wrote on its containers: which project, started from where, what depends on what. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from seatrial.engine.inspect import FILES, FOLDER, ONE_OFF, PROJECT, SERVICE
from seatrial.stack import Dependency, Port, Service, Stack

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

__all__ = ["FOLDER", "stacks"]

DEPENDS_ON = "com.docker.compose.depends_on"


def stacks(inspected: str, first_files: Collection[str] = ()) -> tuple[Stack, ...]:
    """A stack for each project among the containers of `docker inspect`, by name: services and what they depend on.

    With `first_files` only of containers that were made from one of these compose files.
    """
    services: dict[str, dict[str, Service]] = {}
    for item in json.loads(inspected or "[]"):
        labels = item["Config"].get("Labels") or {}
        if first_files and not set(first_files).intersection(labels.get(FILES, "").split(",")):
            continue
        project = services.setdefault(labels.get(PROJECT, ""), {})
        if labels.get(ONE_OFF) != "True":
            service = _service(labels, item)
            project[service.name] = service
    return tuple(Stack(name, tuple(sorted(found.values(), key=_name))) for name, found in sorted(services.items()))


def _service(labels: Mapping[str, str], item: Mapping[str, Any]) -> Service:
    ports = tuple(_ports(item["HostConfig"].get("PortBindings") or {}))
    edges = tuple(_edges(labels.get(DEPENDS_ON, "")))
    return Service(labels.get(SERVICE, ""), item["Config"].get("Image") or "", depends_on=edges, ports=ports)


def _edges(text: str) -> Iterator[Dependency]:
    """`db:service_healthy:false,cache:service_started:false`; the last word tells whether it restarts along."""
    for edge in text.split(",") if text else ():
        service, _, rest = edge.partition(":")
        yield Dependency(service, rest.partition(":")[0] or "service_started")


def _ports(bindings: Mapping[str, Any]) -> Iterator[Port]:
    for key, places in sorted(bindings.items()):
        target, _, protocol = key.partition("/")
        for place in places or ():
            yield Port(int(target), place.get("HostPort") or "", place.get("HostIp") or "", protocol or "tcp")


def _name(service: Service) -> str:
    return service.name
