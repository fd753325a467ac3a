"""Do names resolve inside of containers?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.doctor.docker.info import SETTINGS
from seatrial.doctor.finding import Finding, failure, ok, skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.doctor.network.inside import Names

_POOLS = ("address pool", "subnetted")


def judge(names: Names, settings: str = SETTINGS) -> Iterator[Finding]:
    if names.refused:
        yield _refused(names.refused, settings)
    elif not names.peer:
        yield failure(
            "a container on a network of its own cannot resolve a name on it",
            why="services find each other by their names, through the engine's resolver",
            fix="restart the engine; if it stays, see whether a firewall (nftables, ufw, firewalld) drops its traffic:"
            " sudo iptables -L DOCKER-USER -n",
        )
    elif names.outside:
        yield ok("services find each other by name, and names outside resolve")
    elif names.here:
        yield failure(
            "names outside resolve on this machine, and not inside of containers",
            why="whatever a service or a build calls on the internet or in the company is not found",
            fix='give the engine servers that containers can reach: {"dns": ["ADDRESS"]} in '
            f"{settings}, then restart it (a VPN's or systemd-resolved's own address does not work inside)",
            notes=(f"asked: {', '.join(names.servers)}",) if names.servers else (),
        )
    else:
        yield ok("services find each other by name; names outside resolve neither here nor there (no network?)")


def _refused(words: str, settings: str) -> Finding:
    if any(mark in words for mark in _POOLS):
        return failure(
            "the engine has no address left for another network",
            why="each compose project makes at least one network of its own, and `up` ends with an error",
            fix="remove those that nobody uses: docker network prune\n"
            f'or give it smaller ones: "default-address-pools" in {settings}',
            notes=(words,),
        )
    return skipped(f"no container could be run to look: {words}")
