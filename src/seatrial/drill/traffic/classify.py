"""Which requests a stop may not lose: each request is put into one class by where it was when the signal came. Pure.

| class           | relative to the signal                                            | what may become of it          |
|-----------------|-------------------------------------------------------------------|--------------------------------|
| before          | ended before it                                                   | says how sound the service was |
| in_flight       | sent in whole, or half of its body, and unanswered                | must be answered in whole      |
| half_head       | half of its head sent: a server may not know of it                | weaker: a loss is worth a line |
| queued          | connected before, sent after; or behind another, see `behind`     | answered, 503 or closed cleanly|
| keep_alive_race | sent on a used connection within 50 ms of the server's closing it | legal: clients must retry      |
| new             | began after it                                                    | refused, served or 503         |
| gone            | began after the end of the process                                | anything                       |
| ambiguous       | too near to the signal to tell                                    | left out                       |
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from seatrial.drill.traffic.request import Request

GUARD_NS = 20_000_000  # how well the moment of the signal is known
RACE_NS = 50_000_000
_UNAVAILABLE = 503


@dataclass(frozen=True, slots=True)
class Tally:
    """Requests of one class.

    Attributes:
        kinds: how many ended how: "ok", or `Request.kind`; for new and gone ones: served, unavailable (503), closed
            (before anything was sent), refused, unreachable, cut (accepted, then RST or FIN), hung (no answer in the
            limit), failed; for idle ones: open, closed.
        lost: those that ended as they should not have, by the time they began.
    """

    kinds: Mapping[str, int] = field(default_factory=dict)
    lost: tuple[Request, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.kinds.values())

    @property
    def ok(self) -> int:
        return self.total - len(self.lost)

    def __str__(self) -> str:
        """`14: 9 ok, 5 lost (4 reset, 1 cut)`; only the total when nothing was lost."""
        if not self.lost:
            return str(self.total)
        counts = Counter(request.kind for request in self.lost).most_common()
        kinds = ", ".join(f"{count} {kind}" for kind, count in counts)
        return f"{self.total}: {self.ok} ok, {len(self.lost)} lost ({kinds})"


@dataclass(frozen=True, slots=True)
class Classes:
    """All requests of one drill.

    Attributes:
        idle: connections that were open at the signal, with nothing asked on them.
        unsent: requests that were due when none of our connections was free; nothing can be said of them.
        longest_in_flight_done_ns: when the last of the requests in flight was answered in whole; None without one.
    """

    before: Tally = Tally()
    in_flight: Tally = Tally()
    half_head: Tally = Tally()
    queued: Tally = Tally()
    keep_alive_race: Tally = Tally()
    new: Tally = Tally()
    gone: Tally = Tally()
    ambiguous: Tally = Tally()
    idle: Tally = Tally()
    unsent: int = 0
    longest_in_flight_done_ns: int | None = None


@dataclass(frozen=True, slots=True)
class _Moment:
    """The signal with its uncertainty, and from when on the process was gone."""

    low: int
    high: int
    gone: int | None


def classify(
    requests: Iterable[Request],
    signal_ns: int,
    gone_ns: int | None,
    expected_status: Collection[int] = (),
    guard_ns: int = GUARD_NS,
) -> Classes:
    """Put every request into its class.

    Args:
        requests: in any order.
        signal_ns: when the stop signal was delivered.
        gone_ns: when the process ended; None while it has not.
        expected_status: good statuses beside those that each request wants itself.
        guard_ns: how far `signal_ns` may be off, both ways.
    """
    members = placed(requests, signal_ns, gone_ns, guard_ns)

    def served(request: Request) -> bool:
        expected = request.status in expected_status and request.complete and not request.error
        return request.good or expected

    def answered(request: Request) -> str:
        return "ok" if served(request) else request.kind

    def told(request: Request) -> str:
        return "served" if served(request) else _refusal(request)

    def patient(request: Request) -> str:
        refusal = "ok" if served(request) else _refusal(request)
        return refusal if refusal in ("ok", "unavailable", "closed") else request.kind

    def tally(name: str, kind: Callable[[Request], str], *harmless: str) -> Tally:
        of = [(kind(request), request) for request in members.get(name, ())]
        lost = () if not harmless else tuple(request for kind, request in of if kind not in harmless)
        return Tally(dict(Counter(kind for kind, _ in of)), lost)

    ended = [request.done_ns for request in members.get("in_flight", ()) if served(request) and request.done_ns]
    return Classes(
        before=tally("before", answered, "ok"),
        in_flight=tally("in_flight", answered, "ok"),
        half_head=tally("half_head", answered, "ok"),
        queued=tally("queued", patient, "ok", "unavailable", "closed"),
        keep_alive_race=tally("keep_alive_race", answered, "ok"),
        new=tally("new", told, "served", "unavailable", "refused", "unreachable", "closed"),
        gone=tally("gone", told),
        ambiguous=tally("ambiguous", answered),
        idle=tally("idle", lambda request: "open" if request.closed_ns is None else "closed"),
        unsent=len(members.get("unsent", ())),
        longest_in_flight_done_ns=max(ended, default=None),
    )


def placed(
    requests: Iterable[Request], signal_ns: int, gone_ns: int | None, guard_ns: int = GUARD_NS
) -> dict[str, list[Request]]:
    """By the name of its class, the requests in the order in which they were due.

    Beside the classes of the table: `idle`, `aside` (idle, and closed before the signal) and `unsent`.
    """
    if gone_ns is not None:
        signal_ns = min(signal_ns, gone_ns)  # the engine may log the signal after the process died of it
    moment = _Moment(signal_ns - guard_ns, signal_ns + guard_ns, None if gone_ns is None else gone_ns - guard_ns)
    members: dict[str, list[Request]] = {}
    for request in sorted(requests, key=lambda request: (request.due_ns, request.marker)):
        members.setdefault(_class(request, moment), []).append(request)
    return members


def _class(request: Request, moment: _Moment) -> str:
    if request.error == "unsent":
        return "unsent"
    if request.lane == "idle":
        return "idle" if _stood(request, moment) else "aside"
    if request.done_ns is not None and request.done_ns < moment.low:
        return "before"
    halved = request.lane in ("straddle-body", "straddle-head")
    given = request.half_ns if halved else request.connected_ns if request.lane == "tcp" else request.sent_ns
    if given is not None and given <= moment.low:
        return _caught(request, moment)
    if given is not None and given < moment.high:
        return "ambiguous"
    if not request.reused and request.connected_ns is not None and request.connected_ns <= moment.low:
        return "queued"
    began = next(at for at in (given, request.connect_ns, request.due_ns) if at is not None)
    if moment.gone is not None and began >= moment.gone:
        return "gone"
    if began < moment.high:
        return "ambiguous"
    return "keep_alive_race" if _raced(request) else "new"


def _stood(request: Request, moment: _Moment) -> bool:
    """Whether an idle connection was open when the signal came."""
    opened = request.connected_ns is not None and request.connected_ns <= moment.low
    return opened and (request.closed_ns is None or request.closed_ns >= moment.low)


def _caught(request: Request, moment: _Moment) -> str:
    """The class of a request that the server had been given, and had not answered before the guard."""
    if request.lane == "tcp":
        return "ambiguous"  # nobody asked anything: what becomes of the connection proves nothing
    if request.good and request.done_ns is not None and request.done_ns < moment.high:
        return "ambiguous"  # perhaps answered before the signal; a failure so near to it is its work
    if request.behind:
        return "queued"
    whole = request.sent_ns is not None and request.sent_ns <= moment.low
    return "half_head" if request.lane == "straddle-head" and not whole else "in_flight"


def _raced(request: Request) -> bool:
    """Whether the server's closing and our sending crossed each other, before any byte of an answer."""
    if not request.reused or request.first_byte_ns is not None or request.error not in ("eof", "reset"):
        return False
    seen = request.closed_ns if request.closed_ns is not None else request.done_ns
    return seen is not None and request.sent_ns is not None and abs(seen - request.sent_ns) <= RACE_NS


def _refusal(request: Request) -> str:
    """How a request that need not be served was turned away."""
    if request.error in ("refused", "unreachable"):
        return request.error
    if request.error == "eof" and request.sent_ns is None and request.lane != "tcp":
        return "closed"
    if request.error in ("eof", "reset", "cut"):
        return "cut"
    if request.status == _UNAVAILABLE and request.complete and not request.error:
        return "unavailable"
    if request.error == "timeout" or not (request.error or request.complete):
        return "hung"
    return "failed"
