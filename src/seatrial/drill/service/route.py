"""Where a service can be asked something, best guess first, and at which address. Pure.

What `x-seatrial` says is taken; else what the health check asks; else what the service is known for; else its ports.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seatrial.drill.service import health_command
from seatrial.drill.service.known import at_port, kind_of
from seatrial.drill.traffic.request import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from seatrial.drill.service.subject import Subject
    from seatrial.engine.facts import Facts
    from seatrial.engine.observed import Address

    Headers = tuple[tuple[str, str], ...]

CONTAINER, PUBLISHED = "container", "published"
_TLS_PORTS = frozenset({443, 8443, 9443})
# Programs of health checks that only connect.
_CONNECTORS = frozenset({"bash", "nc", "ncat", "netcat", "telnet"})
_ANY = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  what is connected to, not bound


@dataclass(frozen=True, slots=True)
class Candidate:
    """A target without an address, and where it is known from: `x-seatrial`, `health check (curl)`, `port 80`."""

    target: Target
    source: str


@dataclass(frozen=True, slots=True)
class Clues:
    """What else is known of a container.

    Attributes:
        headers: of `x-seatrial`, in clear.
        environment: of its main process; a health check's command is full of it.
        listening: TCP ports that something in it listens on, for others than itself.
    """

    headers: Headers = ()
    environment: Mapping[str, str] | None = None
    listening: tuple[int, ...] = ()


def candidates(subject: Subject, clues: Clues) -> tuple[Candidate, ...]:
    """Targets in the order in which they should be tried; none where there is nothing to ask."""
    said = subject.extension
    if said.probe and said.probe.scheme == "none":
        return ()
    found: Iterable[Candidate] = _said(subject) if said.probe else _guessed(subject, clues)
    unique: dict[tuple[object, ...], Candidate] = {}
    for candidate in found:
        target = candidate.target
        unique.setdefault((target.port, target.http, target.tls, target.path), candidate)
    return tuple(replace(one, target=_completed(one.target, subject, clues.headers)) for one in unique.values())


def addressed(
    target: Target, facts: Facts, netns: Facts | None = None, machine: str = "", *, apart: bool = False
) -> tuple[Target, ...]:
    """The target at every address that the container has, its own before those of the host.

    Args:
        target: without an address.
        facts: the container as it is now.
        netns: for `network_mode: service:X` the container of X, whose addresses it has.
        machine: the one that the engine is on, where it is not this: only what is published there can be reached.
        apart: whether the engine is on this machine, and the networks of its containers are not.
    """
    owner = netns or facts
    if machine:
        ends = [end for end in _published(target, owner) if not end.host_ip.startswith("127.") and end.host_ip != "::1"]
        hosts = dict.fromkeys((machine if end.host_ip in _ANY else end.host_ip, end.host_port) for end in ends)
        return tuple(replace(target, host=host, port=port, via=PUBLISHED) for host, port in hosts)
    own = [address for network in owner.networks for address in (network.ip, network.ipv6) if address]
    if owner.network_mode == "host":
        own = ["127.0.0.1"]
    at_own = [replace(target, host=address) for address in own] if target.via == CONTAINER and not apart else []
    at_host = [
        replace(target, host=_ANY.get(end.host_ip, end.host_ip), port=end.host_port, via=PUBLISHED)
        for end in _published(target, owner)
    ]
    return (*at_own, *at_host)


def _published(target: Target, owner: Facts) -> list[Address]:
    return [end for end in owner.published if end.target == target.port and end.protocol == "tcp"]


def _said(subject: Subject) -> Iterator[Candidate]:
    probe = subject.extension.probe
    if probe:
        host = (
            (("Host", probe.host if probe.port in (80, 443) else f"{probe.host}:{probe.port}"),) if probe.host else ()
        )
        http = probe.scheme != "tcp"
        yield Candidate(
            Target("", probe.port, probe.scheme == "https", path=probe.path, headers=host if http else (), http=http),
            "x-seatrial",
        )


def _guessed(subject: Subject, clues: Clues) -> Iterator[Candidate]:
    facts = subject.facts
    kind = kind_of(facts.image, facts.command)
    if kind.blocks:
        return
    if facts.check:
        names = (facts.id[:12], *(alias for network in facts.networks for alias in network.aliases))
        for route in health_command.asked(facts.check.test, clues.environment or {}, names):
            target = Target("", route.port, route.tls, path=route.path, headers=route.headers, http=route.http)
            if not at_port(route.port).blocks:
                if not route.http and route.program in _CONNECTORS and kind.http is not False:
                    # A connection says nothing of what is spoken on it.
                    yield from _spoken(route.port, f"health check ({route.program})")
                yield Candidate(target, f"health check ({route.program})")
    published = [port.target for port in subject.service.ports if port.protocol == "tcp"]
    ports = list(dict.fromkeys((*published, *facts.exposed, *clues.listening)))
    if kind.port and (kind.port in ports or not ports):
        ports = [kind.port, *(port for port in ports if port != kind.port)]
    for port in ports:
        there = kind if port == kind.port else at_port(port)
        if there.blocks:
            continue
        source = f"port {port}" if there.http is not False else f"port {port}, as {there.name} has it"
        if there.http is not False:
            yield Candidate(Target("", port, port in _TLS_PORTS), source)
        yield Candidate(Target("", port, http=False), source)


def _spoken(port: int, source: str) -> Iterator[Candidate]:
    """HTTP at a port that is only known to take connections, unless it is known for something else."""
    if at_port(port).http is not False:
        yield Candidate(Target("", port, port in _TLS_PORTS), source)


def _completed(target: Target, subject: Subject, headers: Headers) -> Target:
    """With what `x-seatrial` says of every route of the service; its headers take the place of those that were read."""
    said = subject.extension
    names = {name.lower() for name, _ in headers}
    kept = tuple((name, text) for name, text in target.headers if name.lower() not in names)
    target = replace(target, via=said.via)
    if not target.http:
        return target
    target = replace(target, headers=(*kept, *headers), expect=said.expect)
    if said.straddle:
        target = replace(target, straddle_method=said.straddle.method, straddle_path=said.straddle.path)
    return target
