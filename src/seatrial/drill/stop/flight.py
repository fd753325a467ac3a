"""What was in flight at a stop, less what proves nothing: not read by the server yet, or held too long by us. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from seatrial.drill.traffic.classify import GUARD_NS, Classes, classify

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seatrial.drill.recording import Recording
    from seatrial.drill.stop.ended import Stop
    from seatrial.drill.traffic.request import Request

RELEASED = "the rest of what was half sent"
_MOMENT_NS, _CLOSED_NS = 100_000_000, 1_000_000_000
# The rest of a half-sent request is due 0.4 s after the signal; on a sender who takes much longer a server may give up.
_HELD_NS = 1_000_000_000
_HELD = "straddle-"


class Pace(NamedTuple):
    """Of answers: the longest that one took, and how unevenly they came."""

    longest_ns: int
    spread_ns: int


def requests(recording: Recording, ended: Stop) -> Classes:
    """The recording's requests by where they were when the signal came."""
    known = pace(recording, ended)
    sent = [r for r in recording.requests if not unread(r, ended, known) and not _held_too_long(r, recording, ended)]
    return classify(sent, ended.signal_ns, ended.ended_ns, recording.subject.extension.expect)


def _held_too_long(request: Request, recording: Recording, ended: Stop) -> bool:
    """Whether it failed, and its second half was late by our own fault: this machine was busy."""
    released = recording.mark(RELEASED)
    if not request.lane.startswith(_HELD) or request.good or released is None:
        return False
    cut_at_once = request.done_ns is not None and request.done_ns - ended.signal_ns <= _HELD_NS
    return released.at_ns - ended.signal_ns > _HELD_NS and not cut_at_once


def unread(request: Request, ended: Stop, known: Pace) -> bool:
    """Whether it failed, and was sent so shortly before the signal, or the end, that the server may not have read it.

    Nobody outside can tell that from a loss. How long the server needs is seen before; what is held proves the rest.
    """
    if request.good or request.first_byte_ns is not None:
        return False
    if request.lane.startswith(_HELD) and request.half_ns is not None:
        return ended.signal_ns - request.half_ns < known.spread_ns
    patience_ns = 2 * known.longest_ns
    if request.lane == "late":
        if request.closed_ns is None or request.sent_ns is None:
            return False
        return 0 <= request.closed_ns - request.sent_ns < patience_ns
    # Where we had sent nothing by then, being starved ourselves, the server had no more than a connection.
    sent = request.sent_ns is not None and request.sent_ns <= ended.signal_ns
    given_ns = request.sent_ns if sent else request.connected_ns
    known_lane = request.lane in ("fresh", "keep-alive")
    return known_lane and given_ns is not None and 0 <= ended.signal_ns - given_ns < patience_ns


def read_after_ns(answered: Iterable[Request]) -> int:
    """How long after its arrival a request is read for certain, by how unevenly others were answered.

    A server that is starved by its machine takes up later ones first: that one of those was answered proves nothing.
    """
    took = _took_ns(answered)
    return max(took) - min(took) if took else 0


def pace(recording: Recording, ended: Stop) -> Pace:
    """By the answers before the signal: how late the server may notice anything."""
    took = _took_ns(_before(recording, ended))
    return Pace(max(took, default=0), max(took) - min(took) if took else 0)


def _before(recording: Recording, ended: Stop) -> Iterator[Request]:
    return (request for request in recording.requests if request.done_ns and request.done_ns < ended.sent_ns)


def _took_ns(answered: Iterable[Request]) -> tuple[int, ...]:
    return tuple(request.done_ns - request.due_ns for request in answered if request.good and request.done_ns)


def by_proxy(recording: Recording) -> bool:
    """Whether requests went through a port that the engine publishes on this machine."""
    here = any(request.address.startswith(("127.", "::1")) for request in recording.requests)
    return here and recording.subject.facts.network_mode != "host"


def cut_at_length(recording: Recording, ended: Stop, classes: Classes) -> int:
    """Connections that were accepted, then cut; 0 when it was for a moment only.

    Whoever closes a listening socket resets what the kernel has queued on it: a race that no server can win. How long
    it is depends on how busy the machine is; that the next ones are refused tells that it was one.
    The engine's proxy accepts on a published port whatever the service does, and proves nothing.
    """
    if by_proxy(recording):
        return 0
    # On a kept connection it is another race, and a legal one.
    cut = [r for r in classes.new.lost if not r.reused and r.error in ("reset", "eof", "cut")]
    begun = [r.connect_ns for r in cut if r.connect_ns is not None]
    if not begun:
        return 0
    turned = [r.connect_ns for r in recording.requests if r.error == "refused" and r.connect_ns is not None]
    refused = [at for at in turned if ended.signal_ns <= at < (ended.ended_ns or 0) - GUARD_NS]
    closed = bool(refused) and max(begun) < min(refused)
    moment = max(_CLOSED_NS if closed else _MOMENT_NS, 2 * pace(recording, ended).longest_ns)
    return len(begun) if max(begun) - min(begun) > moment else 0
