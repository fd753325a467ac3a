"""Which ports of a container nothing outside it can reach: the server listens on loopback only, or not at all. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seatrial.engine.inside import Socket

_LISTEN = "LISTEN"
# The engine's own DNS server, which it puts into every container of a user-defined network.
_ENGINE_DNS = "127.0.0.11"


@dataclass(frozen=True, slots=True)
class UnreachablePort:
    """A TCP port of a container that refuses every connection from outside of the container.

    Attributes:
        loopback: addresses of the container on which something listens at that port, all of them loopback addresses.
        open: ports at which the container does listen for others.
    """

    port: int
    loopback: tuple[str, ...] = ()
    open: tuple[int, ...] = ()

    def text(self, service: str) -> str:
        """What is wrong, as one sentence without its full stop."""
        if self.loopback:
            return f"{service} listens on {' and '.join(self.loopback)} inside the container only"
        if self.open:
            return f"nothing in {service} listens on port {self.port}; it listens on {_listed(self.open)}"
        return f"nothing in {service} listens on port {self.port} yet"

    @property
    def fix(self) -> str:
        """The change that makes it reachable."""
        if self.loopback:
            return "bind to 0.0.0.0 instead (often an option or variable named HOST, BIND or LISTEN)"
        if self.open:
            return f"publish {self.open[0]} instead of {self.port}, or make the server listen on {self.port}"
        return f"make the server listen on 0.0.0.0:{self.port}, or correct the container's port in `ports:`"


def unreachable_ports(
    sockets: Iterable[Socket], published: Iterable[int], exposed: Iterable[int] = ()
) -> tuple[UnreachablePort, ...]:
    """The ports of a container that nothing outside can reach, in their order.

    Args:
        sockets: all TCP sockets of its network namespace.
        published: its TCP ports that are published: each must have a listener.
        exposed: its other known TCP ports (`expose`, the image's EXPOSE). Images name ports that they do not use, so
            such a port counts only when something listens at it, on loopback.
    """
    listening = [s for s in sockets if s.state == _LISTEN and s.local != _ENGINE_DNS]
    found = (_judge(port, listening) for port in dict.fromkeys((*published, *exposed)))
    must_listen = frozenset(published)
    return tuple(one for one in found if one and (one.loopback or one.port in must_listen))


def listens_on_loopback_only(sockets: Iterable[Socket]) -> tuple[str, ...]:
    """The addresses of all its listeners when each of them is a loopback address; () otherwise, or without any."""
    listening = [s for s in sockets if s.state == _LISTEN and s.local != _ENGINE_DNS]
    return _addresses(listening) if all(_is_loopback(s) for s in listening) else ()


def _judge(port: int, listening: Sequence[Socket]) -> UnreachablePort | None:
    here = [s for s in listening if s.local_port == port]
    if not all(_is_loopback(s) for s in here):
        return None
    others = {s.local_port for s in listening if not _is_loopback(s)} if not here else set()
    return UnreachablePort(port, _addresses(here), tuple(sorted(others)))


def _is_loopback(socket: Socket) -> bool:
    return ipaddress.ip_address(socket.local).is_loopback


def _addresses(listening: Iterable[Socket]) -> tuple[str, ...]:
    ends = (f"[{s.local}]:{s.local_port}" if ":" in s.local else f"{s.local}:{s.local_port}" for s in listening)
    return tuple(dict.fromkeys(ends))


def _listed(ports: Sequence[int]) -> str:
    return ", ".join(map(str, ports))
