"""The networks and volumes that an engine has, as values. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seatrial.engine.inspect import NETWORK, PROJECT, VOLUME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Resource:
    """A network or a volume.

    Attributes:
        id: of a network; of a volume, when it was created.
        project, key: the compose project that made it, and its key in the compose file; "" for all others.
        switches: `internal`, `attachable` and `enable_ipv6` of a network.
        pools: by field (`subnet`, `gateway`, `ip_range`), the addresses of a network in the order of its pools.
    """

    name: str
    id: str = ""
    project: str = ""
    key: str = ""
    driver: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    switches: Mapping[str, bool] = field(default_factory=dict)
    pools: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resources:
    """All networks of the engine, and the project's volumes."""

    networks: tuple[Resource, ...] = ()
    volumes: tuple[Resource, ...] = ()


def resources(networks: Iterable[Mapping[str, Any]], volumes: Iterable[Mapping[str, Any]]) -> Resources:
    """Read the engine's answers to `/networks` and `/volumes`."""
    return Resources(tuple(map(_network, networks)), tuple(_resource(one, VOLUME) for one in volumes))


def _network(item: Mapping[str, Any]) -> Resource:
    pools = (item.get("IPAM") or {}).get("Config") or ()
    switches = {
        "internal": bool(item.get("Internal")),
        "attachable": bool(item.get("Attachable")),
        "enable_ipv6": bool(item.get("EnableIPv6")),
    }
    addresses = {
        ours: tuple(str(pool.get(theirs) or "") for pool in pools)
        for ours, theirs in (("subnet", "Subnet"), ("gateway", "Gateway"), ("ip_range", "IPRange"))
    }
    return _resource(item, NETWORK, switches, addresses)


def _resource(
    item: Mapping[str, Any],
    key: str,
    switches: Mapping[str, bool] | None = None,
    pools: Mapping[str, tuple[str, ...]] | None = None,
) -> Resource:
    labels = item.get("Labels") or {}
    return Resource(
        name=item["Name"],
        id=item.get("Id") or item.get("CreatedAt") or "",
        project=labels.get(PROJECT, ""),
        key=labels.get(key, ""),
        driver=item.get("Driver") or "",
        options=item.get("Options") or {},
        labels=labels,
        switches=switches or {},
        pools=pools or {},
    )
