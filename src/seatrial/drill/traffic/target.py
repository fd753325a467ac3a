"""Where traffic goes, and what it asks for."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """One route of one container.

    Attributes:
        host: an address, IPv4 or IPv6 (without brackets); "" as long as it is not known.
        path: as it stands in the request line, query included; it may hold a secret, as may the headers.
        headers: sent with every request; a `Host` among them takes the place of the one made from host and port.
        http: False is plain TCP: what can be seen of a connection without a word being said.
        via: `container` (its own address) or `published` (a port of the host, behind docker's proxy).
        straddle_method, straddle_path: another route for requests that must be in flight; "" is the same route.
    """

    host: str
    port: int
    tls: bool = False
    method: str = "GET"
    path: str = field(default="/", repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    http: bool = True
    via: str = "container"
    straddle_method: str = ""
    straddle_path: str = field(default="", repr=False)
