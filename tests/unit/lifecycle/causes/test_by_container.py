"""What a container tells of itself against the model, where nobody remembers what it was made from."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from seatrial.engine.attached import Mount, Network
from seatrial.engine.facts import Check, Facts
from seatrial.engine.observed import Address
from seatrial.lifecycle.causes.by_container import Made, Wished, told, unexplained
from seatrial.stack import contained, parse

EVERYWHERE = "0.0.0.0"  # noqa: S104  an address that is compared
ANONYMOUS = "0" * 64
MODEL: dict[str, Any] = {
    "image": "shop:1",
    "command": ["serve", "--cost=$$5"],
    "entrypoint": None,
    "environment": {"LOG_LEVEL": "info", "PRICE": "$$5", "GONE": None},
    "healthcheck": {"test": ["CMD", "true"], "interval": "1m0s"},
    "init": True,
    "networks": {"default": None},
    "ports": [{"target": 80, "published": "8080", "protocol": "tcp"}],
    "restart": "on-failure:3",
    "stop_grace_period": "1m30s",
    "volumes": [
        {"type": "volume", "source": "data", "target": "/data"},
        {"type": "bind", "source": "/srv/site.conf", "target": "/etc/site.conf", "read_only": True},
        {"type": "volume", "target": "/scratch"},
        {"type": "tmpfs", "target": "/tmp"},
    ],
}
FACTS = Facts(
    "1",
    "web",
    "shop:1",
    ("/entry", "serve", "--cost=$5"),
    stop_timeout_s=90,
    init=True,
    restart_policy="on-failure",
    restart_limit=3,
    check=Check(("CMD", "true"), interval_s=60.0),
    pid=7,
    network_mode="shop_default",
    networks=(Network("shop_default"),),
    mounts=(
        Mount("volume", "/data", "shop_data", "/var/lib/docker/volumes/shop_data/_data"),
        Mount("bind", "/etc/site.conf", source="/host_mnt/srv/site.conf", writable=False),
        Mount("volume", "/scratch", ANONYMOUS, "/var/lib/docker/volumes/0/_data"),
        Mount("tmpfs", "/tmp"),
    ),
    published=(Address(EVERYWHERE, 8080, 80), Address("::", 8080, 80)),
)
GIVEN = {"LOG_LEVEL": "info", "PRICE": "$5", "PATH": "/bin", "NODE_VERSION": "24"}
OF_IMAGE = ("PATH=/bin", "NODE_VERSION=24")


def cause(facts: Facts = FACTS, given: dict[str, str] | None = None, known: bool = True, **changes: Any) -> str:
    model = {**MODEL, **changes}
    whole = {
        "name": "shop",
        "services": {"web": model},
        "volumes": {"data": {"name": "shop_data"}, "other": {"name": "shop_other"}},
        "networks": {"default": {"name": "shop_default"}, "back": {"name": "shop_back"}},
    }
    stack = parse(json.dumps(whole))
    names = {(kind, key): one["name"] for kind in ("volumes", "networks") for key, one in whole[kind].items()}  # type: ignore[attr-defined]
    wished = Wished(stack.service("web"), model, model["image"], contained(stack)["web"], names)
    return told(Made(facts, GIVEN if given is None else given, OF_IMAGE if known else None), wished)


def test_a_container_that_is_as_wanted_tells_nothing() -> None:
    assert cause() == ""


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"image": "shop:2"}, "image: shop:1 -> shop:2"),
        ({"command": ["serve", "--fast"]}, "command changed"),
        ({"entrypoint": ["/other"]}, "entrypoint changed"),
        ({"environment": {"LOG_LEVEL": "debug", "PRICE": "$$5"}}, "environment: LOG_LEVEL changed"),
        ({"environment": {"PRICE": "$$5", "NEW": ""}}, "environment: NEW added, LOG_LEVEL removed"),
        ({"healthcheck": {"test": ["CMD", "false"], "interval": "5s"}}, "healthcheck: interval, test changed"),
        ({"healthcheck": {"disable": True}}, "healthcheck removed"),
        ({"init": False}, "init changed"),
        ({"user": "app"}, "user changed"),
        ({"networks": {"default": None, "back": None}}, "networks: back added"),
        ({"ports": [{"target": 80, "published": "9090"}]}, "ports: 80/tcp changed"),
        ({"ports": [{"target": 80, "published": "8080", "host_ip": "127.0.0.1"}]}, "ports: 80/tcp changed"),
        ({"ports": []}, "ports: 80/tcp removed"),
        ({"restart": "always"}, "restart changed"),
        ({"stop_grace_period": "5s"}, "stop_grace_period changed"),
        ({"volumes": [*MODEL["volumes"][1:]]}, "volumes: /data removed"),
        ({"volumes": [{"type": "volume", "source": "other", "target": "/data"}, *MODEL["volumes"][1:]]},
         "volumes: /data changed"),
        ({"volumes": [*MODEL["volumes"], {"type": "bind", "source": "/srv", "target": "/srv"}]}, "volumes: /srv added"),
    ],
)  # fmt: skip
def test_what_differs_is_named(changes: dict[str, Any], text: str) -> None:
    assert cause(**changes) == text


def test_a_mount_that_may_be_written_now_is_another_one() -> None:
    bind = {"type": "bind", "source": "/srv/site.conf", "target": "/etc/site.conf"}
    volumes = [MODEL["volumes"][0], bind, *MODEL["volumes"][2:]]
    assert cause(volumes=volumes) == "volumes: /etc/site.conf changed"


def test_a_variable_may_be_the_images_and_is_taken_for_removed_only_when_the_image_is_known() -> None:
    given = {**GIVEN, "EXTRA": "1"}
    assert cause(given=given) == "environment: EXTRA removed"
    assert cause(given=given, known=False) == ""


def test_the_image_is_asked_only_for_what_is_not_in_the_model() -> None:
    assert unexplained({"PATH": "/bin", "http_proxy": "p", "LEVEL": "1", "ODD": "2"}, {"LEVEL": "3"}) == ("ODD",)


def test_ports_of_a_container_that_does_not_run_or_has_no_network_are_not_known() -> None:
    assert cause(replace(FACTS, pid=0, published=())) == ""
    assert cause(replace(FACTS, network_mode="host", published=())) == ""


def test_a_port_that_the_engine_picks_is_as_wanted_whatever_it_picked() -> None:
    facts = replace(FACTS, published=(Address(EVERYWHERE, 49153, 80),))
    assert cause(facts, ports=[{"target": 80, "published": "8000-9000"}]) == ""


def test_an_entrypoint_of_the_model_tells_the_arguments_apart() -> None:
    facts = replace(FACTS, command=("sh", "-c", "serve"))
    assert cause(facts, entrypoint=["sh", "-c"], command=["serve"]) == ""
    assert cause(facts, entrypoint=["sh", "-c"], command=["other"]) == "command changed"
    assert cause(facts, entrypoint=["sh", "-e", "-c"], command=["serve"]) == "entrypoint changed"


def test_secrets_are_mounts_too_and_nothing_is_said_of_any() -> None:
    assert cause(volumes=[], secrets=[{"source": "key", "target": "/run/secrets/key"}]) == ""
