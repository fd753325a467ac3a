"""What differs between two services of a model, by name."""

from __future__ import annotations

from typing import Any

import pytest

from seatrial.lifecycle.causes.fields import difference, fields

WEB: dict[str, Any] = {
    "image": "nginx:1",
    "command": ["run"],
    "environment": {"LOG_LEVEL": "info", "OLD": "1"},
    "ports": [{"target": 80, "published": "8080", "protocol": "tcp"}],
    "volumes": [{"type": "volume", "source": "data", "target": "/data"}],
    "deploy": {"replicas": 1},
}


def between(**changes: Any) -> str:
    return difference(fields(WEB), fields({**WEB, **changes}), (WEB["image"], changes.get("image", WEB["image"])))


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({}, ""),
        ({"command": ["serve"]}, "command changed"),
        ({"command": None}, "command removed"),
        ({"user": "app"}, "user added"),
        ({"image": "nginx:2"}, "image: nginx:1 -> nginx:2"),
        ({"environment": {"LOG_LEVEL": "debug", "NEW": "1"}}, "environment: LOG_LEVEL changed, NEW added, OLD removed"),
        ({"ports": [{"target": 80, "published": "9090", "protocol": "tcp"}]}, "ports: 80/tcp changed"),
        ({"volumes": [{"type": "tmpfs", "target": "/cache"}]}, "volumes: /cache added, /data removed"),
        ({"configs": [{"source": "site", "target": "/etc/site"}]}, "configs: /etc/site added"),
        ({"command": ["x"], "environment": {"LOG_LEVEL": "info"}}, "command changed; environment: OLD removed"),
    ],
)  # fmt: skip
def test_each_difference_is_named(changes: dict[str, Any], cause: str) -> None:
    assert between(**changes) == cause


def test_what_makes_no_new_container_is_not_named() -> None:
    assert between(build={"context": "."}, pull_policy="always", scale=3, deploy={"replicas": 3}) == ""
    assert between(**{"x-note": "hello"}) == ""


def test_what_counts_for_some_versions_of_compose_is_named_only_where_it_is_all() -> None:
    assert between(profiles=["extra"]) == "profiles added"
    assert between(profiles=["extra"], user="app") == "user added"


def test_many_names_are_not_a_page() -> None:
    many = {f"N{number}": "1" for number in range(9)}
    assert between(environment={**WEB["environment"], **many}) == "environment: N0, N1, N2, N3, N4, N5 and 3 more added"


def test_two_ports_of_one_target_count_together() -> None:
    two = [*WEB["ports"], {"target": 80, "published": "9090", "protocol": "tcp"}]
    assert between(ports=two) == "ports: 80/tcp changed"
