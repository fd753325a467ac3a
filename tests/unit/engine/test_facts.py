"""What `docker inspect` tells of how a container was made and where it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seatrial.engine.attached import Mount, Network
from seatrial.engine.facts import Facts, facts
from seatrial.engine.observed import Address

UNNAMED = "0f" * 32
RECORD: dict[str, Any] = {
    "Id": "abcdefabcdef0123456789",
    "Name": "/shop-web-1",
    "Image": "sha256:1",
    "Path": "node",
    "Args": ["server.js"],
    "Config": {
        "Image": "web:1",
        "User": "1000:1000",
        "Labels": {"com.docker.compose.service": "web"},
        "ExposedPorts": {"9090/tcp": {}, "80/tcp": {}, "53/udp": {}},
    },
    "HostConfig": {"Memory": 67108864, "ReadonlyRootfs": True, "NetworkMode": "shop_default", "Tmpfs": {"/run": "ro"}},
    "State": {"Status": "running", "Pid": 4711},
    "Mounts": [
        {"Type": "volume", "Name": "shop_data", "Source": "/v/shop_data", "Destination": "/data", "RW": True},
        {"Type": "volume", "Name": UNNAMED, "Source": "/v/0f", "Destination": "/cache", "RW": True},
        {"Type": "bind", "Source": "/etc/web", "Destination": "/etc/web", "RW": False},
    ],
    "NetworkSettings": {
        "Ports": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}], "9090/tcp": None},
        "Networks": {
            "shop_default": {"IPAddress": "172.18.0.3", "GlobalIPv6Address": "fd00::3", "Aliases": ["web", "www"]},
            "shop_back": {"IPAddress": "172.19.0.2", "GlobalIPv6Address": "", "Aliases": ["abcdefabcdef", "web"]},
        },
    },
}


def read(record: dict[str, Any]) -> Facts:
    (fact,) = facts(json.dumps([record]))
    return fact


def test_a_running_container_is_known_by_name_image_pid_and_user() -> None:
    fact = read(RECORD)
    assert (fact.name, fact.image, fact.image_id, fact.pid) == ("shop-web-1", "web:1", "sha256:1", 4711)
    assert (fact.user, fact.memory_limit, fact.read_only) == ("1000:1000", 67108864, True)


def test_every_network_is_told_with_its_addresses_and_aliases_but_without_the_short_id() -> None:
    assert read(RECORD).networks == (
        Network("shop_back", "172.19.0.2", "", ("web",)),
        Network("shop_default", "172.18.0.3", "fd00::3", ("web", "www")),
    )


def test_mounts_are_told_with_those_that_compose_writes_as_tmpfs() -> None:
    assert read(RECORD).mounts == (
        Mount("volume", "/data", "shop_data", "/v/shop_data"),
        Mount("volume", "/cache", UNNAMED, "/v/0f"),
        Mount("bind", "/etc/web", "", "/etc/web", writable=False),
        Mount("tmpfs", "/run", writable=False),
    )


def test_a_volume_that_nobody_named_is_anonymous() -> None:
    assert [mount.target for mount in read(RECORD).anonymous_volumes] == ["/cache"]


def test_exposed_ports_are_those_of_tcp_in_order_and_published_ones_say_where() -> None:
    assert read(RECORD).exposed == (80, 9090)
    assert read(RECORD).published == (Address("127.0.0.1", 8080, 80),)


@pytest.mark.parametrize("empty", [{}, {"Config": {}, "State": {}, "NetworkSettings": {"Networks": None}}])
def test_a_record_with_nothing_but_the_necessary(empty: dict[str, Any]) -> None:
    fact = read({"Id": "a", "Config": {}, **empty})
    assert (fact.pid, fact.networks, fact.mounts, fact.exposed, fact.published) == (0, (), (), (), ())
    assert (fact.user, fact.memory_limit, fact.read_only, fact.network_mode) == ("", 0, False, "")


def test_no_answer_is_no_container() -> None:
    assert facts("") == ()
