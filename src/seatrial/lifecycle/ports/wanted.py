"""Which host ports the services of a model want. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seatrial.stack import Port, Service, Stack

_ANY = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  what compose files say
# The engine asks the kernel for others in its own way; nobody can try them from here.
_TRIED = ("tcp", "udp")


@dataclass(frozen=True, slots=True)
class Wish:
    """One published port of one service.

    Attributes:
        first: of a range; the port itself otherwise.
        last: of a range, included.
        count: how many of the range are needed: one for each container.
    """

    service: str
    first: int
    last: int
    target: int
    host_ip: str = ""
    protocol: str = "tcp"
    count: int = 1

    @property
    def numbers(self) -> range:
        return range(self.first, self.last + 1)

    @property
    def written(self) -> str:
        """As it stands in the model: `8080` or `9000-9002`."""
        return f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"

    @property
    def named(self) -> str:
        """For people: `port 8080`, `port 53/udp`, `port 8080 on 127.0.0.1`."""
        what = f"port {self.written}" if self.protocol == "tcp" else f"port {self.written}/{self.protocol}"
        return what if self.host_ip in _ANY else f"{what} on {self.host_ip}"


@dataclass(frozen=True, slots=True)
class Clash:
    """Two services of the model want one port; one service with several containers may be both."""

    wish: Wish
    other: Wish


def wishes(stack: Stack, names: Iterable[str]) -> tuple[Wish, ...]:
    """What these services publish under a number of their own; ports that the engine picks are nobody's trouble."""
    return tuple(
        wish
        for name in names
        for port in stack.service(name).ports
        if (wish := wish_of(stack.service(name), port)) is not None
    )


def wish_of(service: Service, port: Port) -> Wish | None:
    first, dash, last = port.published.partition("-")
    if not first.isdigit() or int(first) == 0 or port.protocol not in _TRIED or service.replicas < 1:
        return None
    end = int(last) if dash and last.isdigit() else int(first)
    return Wish(service.name, int(first), end, port.target, port.host_ip.strip("[]"), port.protocol, service.replicas)


def clashes(wanted: Iterable[Wish]) -> Iterator[Clash]:
    """Those who are in each other's way whatever else runs; the later of two is told. A range gives way."""
    seen: list[Wish] = []
    for wish in wanted:
        if wish.count > len(wish.numbers):
            yield Clash(wish, wish)
        elif wish.first == wish.last:
            other = next((s for s in seen if s.first == s.last == wish.first and meet(s, wish)), None)
            if other and other != wish:
                yield Clash(wish, other)
        seen.append(wish)


def meet(one: Wish, other: Wish) -> bool:
    """Whether two wishes for one number exclude each other."""
    return one.protocol == other.protocol and same_place(one.host_ip, other.host_ip)


def same_place(one: str, other: str) -> bool:
    """Whether two host addresses cannot both have a port."""
    if one == other or "" in (one, other):
        return True
    if (":" in one) != (":" in other):
        return False  # a socket for IPv4 and one for IPv6
    return one in _ANY or other in _ANY
