"""What a container is attached to: networks and mounts, out of `docker inspect`. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# The engine names a volume so when nobody gave it a name.
_ANONYMOUS = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Network:
    """A network that the container is attached to.

    Attributes:
        ip, ipv6: its addresses there; empty while the container does not run, and where there is none of the kind.
        aliases: names that other containers know it by, without its short id.
        fixed: addresses, v4 before v6, that the compose file gives it there.
        id: the network's; empty where the container has never run on it.
    """

    name: str
    ip: str = ""
    ipv6: str = ""
    aliases: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Mount:
    """What lies over a path of the image.

    Attributes:
        kind: `volume`, `bind`, `tmpfs`, ...
        target: the path inside.
        name: of a volume; empty otherwise.
        source: the path outside; empty for a tmpfs.
    """

    kind: str
    target: str
    name: str = ""
    source: str = ""
    writable: bool = True

    @property
    def anonymous(self) -> bool:
        """Whether it is a volume that nobody named: a container made anew starts with an empty one."""
        return self.kind == "volume" and bool(_ANONYMOUS.fullmatch(self.name))


def networks(item: Mapping[str, Any]) -> Iterator[Network]:
    ends = (item.get("NetworkSettings") or {}).get("Networks") or {}
    for name, end in sorted(ends.items()):
        # Up to engine 24 the short id stood among the aliases; reconnecting with it would be a lie about the next one.
        aliases = (alias for alias in end.get("Aliases") or () if alias != item["Id"][:12])
        chosen = end.get("IPAMConfig") or {}
        fixed = (chosen.get("IPv4Address"), chosen.get("IPv6Address"))
        yield Network(
            name=name,
            ip=end.get("IPAddress") or "",
            ipv6=end.get("GlobalIPv6Address") or "",
            aliases=tuple(aliases),
            fixed=tuple(address for address in fixed if address),
            id=end.get("NetworkID") or "",
        )


def mounts(item: Mapping[str, Any]) -> Iterator[Mount]:
    for mount in item.get("Mounts") or ():
        yield Mount(
            kind=mount.get("Type") or "",
            target=mount.get("Destination") or "",
            name=mount.get("Name") or "",
            source=mount.get("Source") or "",
            writable=bool(mount.get("RW")),
        )
    # Compose's short `tmpfs:` is listed apart from the mounts.
    for target, options in sorted(((item.get("HostConfig") or {}).get("Tmpfs") or {}).items()):
        yield Mount("tmpfs", target, writable="ro" not in options.split(","))
