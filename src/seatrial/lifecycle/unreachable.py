"""Running services that nothing outside can reach: they listen on loopback only, or not at the published port."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from seatrial.engine.host_sockets import host_sockets, is_of_container
from seatrial.engine.inside.listeners import UnreachablePort, unreachable_ports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from seatrial.engine.inside import Socket
    from seatrial.engine.observed import Container, Snapshot
    from seatrial.stack import Stack

    # The sockets of a container by its PID 1 and its id; None where they cannot be seen.
    Sockets = Callable[[int, str], "tuple[Socket, ...] | None"]


class Unreachable(NamedTuple):
    """One port of a service; `str()` is the note for people."""

    service: str
    port: UnreachablePort

    @property
    def text(self) -> str:
        return self.port.text(self.service)

    def __str__(self) -> str:
        return f"{self.text}: {self.port.fix}"


def unreachable(
    stack: Stack, snapshot: Snapshot, names: Iterable[str], sockets: Sockets = host_sockets
) -> tuple[Unreachable, ...]:
    """The ports of running containers of `names` that nothing outside can reach, as far as their sockets are visible.

    Ports that are published must have a listener. Ports that are only known (EXPOSE, or `name:port` in the
    configuration of another service) count when something listens at them on loopback.
    """
    used = _used_ports(stack)
    found: dict[Unreachable, None] = {}
    for name in names:
        for container in snapshot.of(name):
            published = _published(container)
            known = (*container.exposed, *used.get(name, ()))
            if container.state != "running" or not (published or known):
                continue
            seen = sockets(container.pid, container.id)
            for port in unreachable_ports(seen, published, known) if seen is not None else ():
                found[Unreachable(name, port)] = None
    return tuple(found)


def has_visible_sockets(snapshot: Snapshot) -> bool:
    """Whether the sockets of all that runs are visible from this machine."""
    return all(is_of_container(c.pid, c.id) for c in snapshot.containers if c.state == "running")


def _published(container: Container) -> tuple[int, ...]:
    return tuple(dict.fromkeys(a.target for a in container.addresses if a.protocol == "tcp"))


def _used_ports(stack: Stack) -> dict[str, list[int]]:
    """By service, the ports at which the others are configured to reach it: `http://api:5000`."""
    if not stack.names:
        return {}
    # The sockets of a service in the host's network would be those of the whole machine.
    own = {name for name, model in stack.service_models().items() if model.get("network_mode") != "host"}
    found: dict[str, list[int]] = {}
    for name, port in re.findall(r"(?<![\w.-])([\w.-]+):(\d{2,5})(?![\w.])", stack.resolved):
        if name in own:
            found.setdefault(name, []).append(int(port))
    return found
