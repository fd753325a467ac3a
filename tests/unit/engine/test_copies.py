"""A copy of a container shares nothing with others that can be written, and no client takes it for the original."""

from __future__ import annotations

from typing import Any

import pytest

from seatrial.engine.copies import Difference, body, obstacle

ITEM: dict[str, Any] = {
    "Id": "4f2a" * 16,
    "Image": "sha256:abc",
    "Config": {
        "Hostname": "4f2a4f2a4f2a", "Cmd": ["serve"], "Entrypoint": ["/entry"], "Env": ["A=1"], "StopSignal": "SIGQUIT",
        "Labels": {"com.docker.compose.project": "shop", "com.docker.compose.service": "api", "owner": "me"},
        "ExposedPorts": {"80/tcp": {}}, "StopTimeout": 2,
    },
    "HostConfig": {
        "PortBindings": {"80/tcp": [{"HostPort": "8080"}]}, "RestartPolicy": {"Name": "always"},
        "NetworkMode": "shop_d",
        "Binds": ["/src:/app:rw"], "Memory": 1000, "Tmpfs": {"/run": ""},
        "Mounts": [{"Type": "tmpfs", "Target": "/t"}, {"Type": "volume", "Source": "shop_data", "Target": "/data"}],
    },
    "Mounts": [
        {"Type": "bind", "Source": "/src", "Destination": "/app", "RW": True},
        {"Type": "volume", "Name": "shop_data", "Destination": "/data", "RW": True},
        {"Type": "volume", "Name": "ab" * 32, "Destination": "/cache", "RW": True},
    ],
    "NetworkSettings": {"Networks": {"shop_d": {"Aliases": ["api"], "IPAMConfig": {"IPv4Address": "10.0.0.9"}}}},
}  # fmt: skip


def test_what_others_have_can_be_read_only() -> None:
    mounts = body(ITEM, "shop", Difference())["HostConfig"]["Mounts"]
    assert {mount["Target"]: mount.get("ReadOnly") for mount in mounts} == {
        "/t": None, "/app": True, "/data": True, "/cache": None,
    }  # fmt: skip
    assert "Source" not in mounts[-1]  # an anonymous volume of its own
    assert body(ITEM, "shop", Difference())["HostConfig"]["Binds"] is None


def test_nobody_takes_it_for_the_original() -> None:
    made = body(ITEM, "shop", Difference())
    assert made["Labels"].pop("seatrial.owner")
    assert made["Labels"] == {
        "seatrial.helper": "shop", "com.docker.compose.project": "", "com.docker.compose.service": "",
    }  # fmt: skip
    assert made["NetworkingConfig"] == {"EndpointsConfig": {"shop_d": {}}}
    assert made["HostConfig"]["PortBindings"] == {}
    assert made["HostConfig"]["RestartPolicy"] == {"Name": "no"}
    assert "Hostname" not in made


def test_the_rest_is_as_it_was_but_for_the_difference() -> None:
    same, other = (body(ITEM, "shop", one) for one in (Difference(), Difference("SIGTERM", 9, True, ("serve", "x"))))
    assert (same["Entrypoint"], same["Cmd"], same["StopSignal"], same["StopTimeout"]) == (
        ["/entry"], ["serve"], "SIGQUIT", 2,
    )  # fmt: skip
    assert (same["HostConfig"]["Memory"], same["Env"], same["Image"]) == (1000, ["A=1"], "sha256:abc")
    assert (other["Entrypoint"], other["Cmd"], other["StopSignal"], other["StopTimeout"]) == (
        ["serve", "x"], [], "SIGTERM", 9,
    )  # fmt: skip
    assert other["HostConfig"]["Init"] is True


@pytest.mark.parametrize(
    "change",
    [
        {"HostConfig": {"NetworkMode": "host"}},
        {"HostConfig": {"NetworkMode": "container:abc"}},
        {"HostConfig": {"PidMode": "host"}},
        {"Mounts": [{"Type": "bind", "Source": "/var/run/docker.sock", "Destination": "/var/run/docker.sock"}]},
    ],
)
def test_what_would_touch_others_is_not_copied(change: dict[str, Any]) -> None:
    assert obstacle(ITEM) == ""
    assert obstacle(ITEM | change)
