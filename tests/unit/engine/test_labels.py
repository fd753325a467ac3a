"""What Compose wrote on its containers is enough to know the stack by."""

from __future__ import annotations

import json
from typing import Any

from seatrial.engine.labels import stacks
from seatrial.stack import Dependency, Port, Service, Stack

PREFIX = "com.docker.compose."


def container(project: str, service: str, bindings: dict[str, Any] | None = None, **labels: str) -> dict[str, Any]:
    said = {"project": project, "service": service, "oneoff": "False", "project.config_files": "/a/compose.yaml"}
    said |= {name.replace("__", "."): text for name, text in labels.items()}
    own = {f"{PREFIX}{name}": text for name, text in said.items()}
    return {"Config": {"Image": "x", "Labels": own}, "HostConfig": {"PortBindings": bindings}}


def test_services_their_dependencies_and_ports_are_told() -> None:
    bindings = {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}], "53/udp": None}
    edges = "db:service_healthy:false,cache:service_started:true"
    text = json.dumps([container("shop", "web", bindings, depends_on=edges), container("shop", "db")])
    needs = (Dependency("db", "service_healthy"), Dependency("cache"))
    web = Service("web", "x", depends_on=needs, ports=(Port(80, "8080", "127.0.0.1"),))
    assert stacks(text) == (Stack("shop", (Service("db", "x"), web)),)


def test_a_service_with_several_containers_is_one_and_a_one_off_container_is_none() -> None:
    text = json.dumps([container("shop", "web"), container("shop", "web"), container("shop", "job", oneoff="True")])
    assert [stack.names for stack in stacks(text)] == [("web",)]


def test_only_projects_of_the_compose_file_count() -> None:
    other = container("other", "web", project__config_files="/a/other.yaml")
    overlaid = container("laid", "web", project__config_files="/a/compose.yaml,/a/prod.yaml")
    text = json.dumps([container("shop", "web"), other, overlaid])
    assert [stack.name for stack in stacks(text, ["/a/compose.yaml"])] == ["laid", "shop"]
    assert [stack.name for stack in stacks(text)] == ["laid", "other", "shop"]


def test_no_container_is_no_stack() -> None:
    assert stacks("") == stacks("[]") == ()
