"""Containers that refer to networks, volumes and namespaces which are gone, or are others by now."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from seatrial.engine import UpRequest
from seatrial.engine.memory import MemoryEngine
from seatrial.engine.observed import Container, Snapshot
from seatrial.engine.resources import Resource, Resources, resources
from seatrial.lifecycle.definitions import made_from
from seatrial.lifecycle.down import plan_restart
from seatrial.lifecycle.missing_image import refused
from seatrial.lifecycle.missing_network import missing_networks
from seatrial.lifecycle.orphans import marks
from seatrial.lifecycle.references import References, cut_off, owners_first, references, with_owners
from seatrial.lifecycle.up import Wanted, plan_up
from seatrial.project import Project
from seatrial.stack import Stack, parse

FRONT, DATA = "shop_front", "shop_data"
MODEL: dict[str, Any] = {
    "name": "shop",
    "services": {
        "web": {
            "image": "nginx",
            "networks": {"front": None},
            "volumes": [{"type": "volume", "source": "data", "target": "/data"}, {"type": "volume", "target": "/anon"}],
        },
        "db": {"image": "postgres", "networks": {"back": None}},
    },
    "networks": {"front": {"name": FRONT}, "back": {"name": "shop_back"}},
    "volumes": {"data": {"name": DATA}},
}
WEB = Container(
    "w1",
    "shop-web-1",
    "web",
    "exited",
    config_hash="w",
    image_id="n",
    started_at="2026-01-01T00:00:01Z",
    networks=((FRONT, "net1"),),
    volumes=(("/data", DATA), ("/anon", "f" * 64)),
)
DB = Container("d1", "shop-db-1", "db", "running", config_hash="d", image_id="p", networks=(("shop_back", "net2"),))
WANT = Wanted({"web": "w", "db": "d"}, {"nginx": "n", "postgres": "p"})


def stack(**changes: Any) -> Stack:
    return parse(json.dumps(MODEL | changes))


def there(front: str = "net1", volume: dict[str, Any] | None = None, **fields: Any) -> Resources:
    """The networks and the volume of the project, with the first network's id and what else the engine says of it."""

    def labels(key: str, kind: str = "network") -> dict[str, str]:
        return {"com.docker.compose.project": "shop", f"com.docker.compose.{kind}": key}

    networks = [
        {"Name": FRONT, "Id": front, "Driver": "bridge", "Labels": labels("front"), **fields},
        {"Name": "shop_back", "Id": "net2", "Driver": "bridge", "Labels": labels("back")},
    ]
    return resources(
        [one for one in networks if one["Id"]],
        [{"Name": DATA, "Driver": "local", "Labels": labels("data", "volume"), **(volume or {})}],
    )


def plan(found: References, *containers: Container, services: tuple[str, ...] = ()) -> list[str]:
    want = replace(WANT, references=found)
    return str(plan_up(stack(), Snapshot(containers or (DB, WEB)), want, UpRequest(services))).splitlines()


def broken(container: Container, found: Resources, model: Stack | None = None) -> str:
    return references(model or stack(), Snapshot((container, DB)), found).broken.get(container.id, "")


def test_what_is_as_it_was_needs_nothing() -> None:
    assert references(stack(), Snapshot((WEB, DB)), there()) == References()


def test_a_network_that_is_gone_or_was_recreated_has_the_container_recreated() -> None:
    assert broken(WEB, there(front="")) == f"network {FRONT} is gone"
    assert broken(WEB, there(front="net9")) == f"network {FRONT} is another one by now"
    assert broken(replace(WEB, networks=((FRONT, ""),)), there(front="net9")) == ""  # never started
    found = references(stack(), Snapshot((WEB, DB)), there(front="net9"))
    assert plan(found) == [f"recreate web (network {FRONT} is another one by now)", "keep db (running, as wanted)"]


def test_one_that_was_disconnected_by_hand_is_recreated() -> None:
    assert broken(replace(WEB, networks=()), there()) == f"it is not connected to network {FRONT}"
    guest = replace(WEB, networks=(), joins=("d1",))  # of the processes of another: it has networks of its own
    assert broken(guest, there()) == f"it is not connected to network {FRONT}"


def test_an_external_network_may_be_given_by_its_id() -> None:
    model = stack(networks={"front": {"name": "net1", "external": True}, "back": {"name": "shop_back"}})
    assert broken(WEB, there(), model) == ""


def test_another_name_of_a_network_or_volume_has_the_container_recreated() -> None:
    networks = {"front": {"name": "other"}, "back": {"name": "shop_back"}}
    assert broken(WEB, there(), stack(networks=networks)) == "it is not connected to network other"
    volumes = {"data": {"name": "other"}}
    assert broken(WEB, there(), stack(volumes=volumes)) == f"/data is on volume {DATA}, not on other"


@pytest.mark.parametrize(
    ("definition", "fields", "expected"),
    [
        ({"internal": True}, {}, "internal added"),
        ({}, {"Internal": True}, "internal removed"),
        ({"driver": "macvlan"}, {}, "driver bridge -> macvlan"),
        ({}, {"Driver": "macvlan"}, "driver macvlan -> default"),
        (
            {"driver_opts": {"com.docker.network.driver.mtu": 1400}},
            {},
            "driver_opts.com.docker.network.driver.mtu changed",
        ),
        ({"labels": {"a": "1"}}, {}, "labels.a changed"),
        (
            {"ipam": {"config": [{"subnet": "10.1.0.0/24"}]}},
            {"IPAM": {"Config": [{"Subnet": "10.0.0.0/24"}]}},
            "subnet 10.0.0.0/24 -> 10.1.0.0/24",
        ),
        ({}, {"IPAM": {"Config": [{"Subnet": "10.0.0.0/24"}]}, "Options": {"added-by-the-engine": "1"}}, ""),
        ({"external": True, "internal": True}, {}, ""),
    ],
)
def test_a_network_with_another_definition_is_recreated(
    definition: dict[str, Any], fields: dict[str, Any], expected: str
) -> None:
    model = stack(networks={"front": {"name": FRONT, **definition}, "back": {"name": "shop_back"}})
    found = references(model, Snapshot((WEB, DB)), there(**fields))
    assert found.networks.get(FRONT, "") == expected
    assert bool(found.broken) == bool(expected)
    if expected:
        assert plan(found) == [
            f"recreate network {FRONT} ({expected})",
            f"recreate web (its network {FRONT} is recreated)",
            "keep db (running, as wanted)",
        ]
        assert plan(found, services=("db",)) == ["keep db (running, as wanted)"]  # db is not on it


def test_what_is_removed_from_a_definition_is_compared_with_what_it_was_made_from() -> None:
    def with_front(front: dict[str, Any]) -> Stack:
        return stack(networks={"front": {"name": FRONT, **front}, "back": {"name": "shop_back"}})

    options = {"driver_opts": {"mtu": "1400"}, "ipam": {"config": [{"subnet": "10.0.0.0/24"}]}}
    engine: Any = {"Options": {"mtu": "1400"}, "IPAM": {"Config": [{"Subnet": "10.0.0.0/24"}]}}
    made = made_from(with_front(options), there(**engine))
    assert "1400" not in str(made)
    snapshot = Snapshot((WEB, DB))
    assert not references(with_front(options), snapshot, there(**engine), made=made).networks
    found = references(with_front({}), snapshot, there(**engine), made=made)
    assert found.networks == {FRONT: "driver_opts changed, ipam changed"}
    # What another network of that name was made from is unknown.
    assert not references(with_front({}), snapshot, there(front="net9", **engine), made=made).networks


def test_a_network_of_another_project_is_left_alone() -> None:
    foreign: Any = {"Labels": {"com.docker.compose.project": "other", "com.docker.compose.network": "front"}}
    model = stack(networks={"front": {"name": FRONT, "internal": True}, "back": {"name": "shop_back"}})
    assert not references(model, Snapshot((WEB, DB)), there(**foreign)).networks


def test_a_volume_with_another_definition_keeps_its_data_and_the_plan_says_so() -> None:
    model = stack(volumes={"data": {"name": DATA, "driver_opts": {"o": "size=2m"}}})
    found = references(model, Snapshot((WEB, DB)), there(volume={"Options": {"o": "size=1m", "type": "tmpfs"}}))
    assert found.volumes == {DATA: "driver_opts.o changed, driver_opts.type removed"}
    assert not found.broken
    last = plan(found)[-1]
    assert last.startswith(
        f"keep volume {DATA} (driver_opts.o changed, driver_opts.type removed: the volume keeps its data"
    )
    assert f"docker volume rm {DATA}" in last


def test_anonymous_volumes_stay_unless_they_are_to_be_renewed() -> None:
    web = replace(WEB, state="running", image_id="old")
    why = "/anon: what the old image put there stays (`up --renew-anon-volumes`)"
    assert plan(References(), DB, web)[0] == f"recreate web (the image nginx changed; {why})"
    request = UpRequest(("web",), renew_volumes=True)
    steps = str(plan_up(stack(), Snapshot((DB, replace(web, image_id="n"))), WANT, request)).splitlines()
    assert steps == ["remove shop-web-1 (with its anonymous volumes: /anon)", "recreate web (asked for)"]


OWNER = Container("o1", "x-vpn-1", "vpn", "running", started_at="2026-01-01T00:00:05Z")
GUEST = Container("g1", "x-side-1", "side", "running", started_at="2026-01-01T00:00:06Z", joins=("o1",))
LATER = replace(OWNER, started_at="2026-01-01T00:00:07Z")


@pytest.mark.parametrize(
    ("owner", "guest", "expected"),
    [
        (OWNER, GUEST, ""),
        (LATER, GUEST, "vpn, whose namespace it shares, was started after it"),
        (replace(OWNER, state="exited"), GUEST, "vpn, whose namespace it shares, does not run"),
        (LATER, replace(GUEST, state="exited"), ""),
        (replace(LATER, service=""), GUEST, "x-vpn-1, whose namespace it shares, was started after it"),
    ],
)
def test_a_guest_that_is_older_than_its_owners_start_is_cut_off(
    owner: Container, guest: Container, expected: str
) -> None:
    assert cut_off([guest, owner]).get("g1", "") == expected


VPN = parse(json.dumps({"name": "x", "services": {"side": {"image": "i"}, "vpn": {"image": "i"}}}))
BOTH = Wanted({"vpn": "v", "side": "s"}, {"i": "i"})


def guests(owner: Container, services: tuple[str, ...] = (), **want: Any) -> list[str]:
    made = (replace(GUEST, config_hash="s", image_id="i"), replace(owner, config_hash="v", image_id="i"))
    return str(plan_up(VPN, Snapshot(made), replace(BOTH, **want), UpRequest(services))).splitlines()


def test_what_starts_the_owner_restarts_its_guests_though_no_dependency_says_so() -> None:
    why = "vpn, whose namespace it shares, is started before it"
    assert guests(replace(OWNER, state="exited")) == [f"restart side ({why})", "start vpn (exited 0)"]
    assert guests(replace(OWNER, state="exited"), ("vpn",)) == ["start vpn (exited 0)", f"restart side ({why})"]


def test_what_recreates_the_owner_recreates_its_guests() -> None:
    again: Any = {"hashes": {"vpn": "other", "side": "s"}}
    assert guests(OWNER, **again) == [
        "recreate side (vpn, whose namespace it shares, is made anew)",
        "recreate vpn (its configuration changed)",
    ]


def test_a_guest_whose_owner_is_gone_is_recreated() -> None:
    found = references(stack(), Snapshot((replace(DB, joins=("gone" * 16,)),)), there())
    assert found.broken == {"d1": "container gonegonegone, whose namespace it shares, is gone"}


def test_restart_takes_guests_along_owners_first() -> None:
    snapshot = Snapshot((GUEST, OWNER))
    why = "vpn, whose namespace it shares, is restarted"
    assert str(plan_restart(VPN, snapshot, ["vpn"])) == f"restart vpn (asked for; running now)\nrestart side ({why})"
    assert str(plan_restart(VPN, snapshot, ["side"])) == "restart side (asked for; running now)"
    stopped = Snapshot((replace(GUEST, state="exited"), OWNER))
    assert str(plan_restart(VPN, stopped, ["vpn"])) == "restart vpn (asked for; running now)"


def test_a_circle_of_namespaces_ends() -> None:
    snapshot = Snapshot((GUEST, replace(OWNER, joins=("g1",))))
    assert set(owners_first(("side", "vpn"), snapshot)) == {"side", "vpn"}
    assert cut_off(snapshot.containers)
    assert with_owners(VPN, snapshot).service("side").depends_on[0].service == "vpn"


def test_marks_name_orphans_and_what_a_container_is_cut_off_from() -> None:
    engine, project = MemoryEngine(VPN), Project(Path("/x"), (Path("/x/compose.yaml"),))
    lost = replace(GUEST, id="l1", service="side", joins=("gone",))
    old = replace(OWNER, id="old", service="old")
    seen = Snapshot((LATER, GUEST, lost, old))
    found = marks(engine, project, VPN, seen)
    assert [found.of(one) for one in seen.containers] == [
        "",
        "cut off from vpn",
        "cut off from a container that is gone",
        "orphan",
    ]
    assert found.as_json(GUEST) == {"orphan": False, "cut_off_from": "vpn"}


def test_an_external_network_that_does_not_exist_keeps_the_plan_from_being_carried_out() -> None:
    far = stack(networks={"front": {"name": "far", "external": True}, "back": {"name": "shop_back"}})
    found = references(far, Snapshot(), Resources())
    assert found.missing == {"far": ("web",)}
    want = replace(WANT, references=found)
    plan = plan_up(far, Snapshot(), want, UpRequest())
    assert str(plan).startswith("refuse network far (external, and it does not exist)\n")
    [error] = missing_networks(plan)
    assert error.what == "Docker could not make the containers: the network far does not exist"
    assert "docker network create far" in error.fix
    assert not refused(far, plan)
    assert not missing_networks(plan_up(far, Snapshot(), want, UpRequest(("db",))))
    for known in (Resource("far", "1a"), Resource("x", "far"), Resource("docker_gwbridge", "2b")):
        assert not references(far, Snapshot(), Resources((known,))).missing
