"""The stop of a whole stack, read from a recording: who ended when, and who had to wait for whom. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.drill.stop.ended import SENT, SIGKILL
from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from seatrial.drill.recording import Recording
    from seatrial.engine.facts import Facts
    from seatrial.engine.inside import Socket
    from seatrial.stack import Stack

GUARD_NS = 20_000_000
_NS = 1e9
# A closed connection is remembered for a minute by the side that closed it: it talks now and then.
_SPOKEN = frozenset({"ESTABLISHED", "TIME_WAIT", "CLOSE_WAIT", "FIN_WAIT1", "FIN_WAIT2", "SYN_SENT", "LAST_ACK"})


@dataclass(frozen=True, slots=True)
class Talk:
    """`service` has connections to a port of `to`, by its sockets."""

    service: str
    to: str
    port: int


@dataclass(frozen=True, slots=True)
class End:
    """The end of one service: of all its containers.

    Attributes:
        signal_ns: when the first of them got its signal.
        ended_ns: when the last of them had ended.
        killed: whether one needed SIGKILL.
    """

    service: str
    signal_ns: int
    ended_ns: int
    killed: bool = False

    @property
    def seconds(self) -> float:
        return max(self.ended_ns - self.signal_ns, 0) / _NS


def ends(recording: Recording) -> dict[str, End]:
    """By service; those that did not get a signal, or have not ended, are not there."""
    sent = recording.mark(SENT)
    found: dict[str, End] = {}
    for container in recording.containers if sent else ():
        kills = [
            event
            for event in recording.events
            if event.action == "kill" and event.container_id == container.id and sent and event.time_ns >= sent.at_ns
        ]
        finished = nanoseconds(container.finished_at) if container.state == "exited" else 0
        if not kills or not finished:
            continue
        first, ended = min(event.time_ns for event in kills), recording.clock.ours(finished)
        killed = any(int(event.attributes.get("signal", 0)) == SIGKILL for event in kills)
        known = found.get(container.service, End(container.service, first, ended))
        found[container.service] = End(
            container.service, min(known.signal_ns, first), max(known.ended_ns, ended), known.killed or killed
        )
    return found


def violated(stack: Stack, found: Mapping[str, End]) -> Iterator[tuple[End, End]]:
    """Pairs of a dependent and its dependency that got its signal before the dependent had ended."""
    for service in stack.services:
        for edge in service.depends_on:
            pair = found.get(service.name), found.get(edge.service)
            if pair[0] and pair[1] and _too_soon(pair[0], pair[1]):
                yield pair[0], pair[1]


def unwritten(stack: Stack, talks: Iterable[Talk]) -> tuple[Talk, ...]:
    """Talks that no dependency accounts for, also none the other way round: an edge back would be a circle."""
    return tuple(
        talk
        for talk in talks
        if talk.to not in stack.closure([talk.service]) and talk.service not in stack.closure([talk.to])
    )


def in_wrong_order(talk: Talk, found: Mapping[str, End]) -> bool:
    """Whether who is asked got its signal before who asks had ended."""
    asker, asked = found.get(talk.service), found.get(talk.to)
    return bool(asker and asked and _too_soon(asker, asked))


def critical_path(stack: Stack, found: Mapping[str, End]) -> tuple[End, ...]:
    """From the first that was stopped to the last that ended, each of which had to wait for the one before."""
    path: list[End] = []
    current = max(found.values(), key=lambda end: end.ended_ns, default=None)
    while current is not None:
        path.insert(0, current)
        name = current.service
        waited_for = (s.name for s in stack.services if any(edge.service == name for edge in s.depends_on))
        dependents = [found[other] for other in waited_for if other in found]
        current = max(dependents, key=lambda end: end.ended_ns, default=None)
    return tuple(path)


def talks(facts: Sequence[Facts], sockets: Mapping[str, Sequence[Socket]]) -> tuple[Talk, ...]:
    """Who talks to whom, by the sockets of each container (by its id). Those of a shared namespace tell nothing."""
    owners: dict[str, set[str]] = {}
    for one in facts:
        for address in (address for network in one.networks for address in (network.ip, network.ipv6) if address):
            owners.setdefault(address, set()).add(one.id)
    services = {one.id: one.service for one in facts}
    listening = {one: {s.local_port for s in seen if s.state == "LISTEN"} for one, seen in sockets.items()}
    found: dict[Talk, None] = {}
    for one in facts:
        for socket in sockets.get(one.id, ()):
            for other in owners.get(socket.remote, ()) if socket.state in _SPOKEN else ():
                if socket.remote_port in listening.get(other, ()) and services[other] != one.service:
                    found[Talk(one.service, services[other], socket.remote_port)] = None
    return tuple(found)


def _too_soon(dependent: End, dependency: End) -> bool:
    return dependency.signal_ns < dependent.ended_ns - GUARD_NS
