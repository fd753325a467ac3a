"""What is sent where, and what became of it. All times are nanoseconds since the epoch by our clock."""

from __future__ import annotations

from dataclasses import dataclass, field

CONNECTIONS = ("tcp", "idle")  # lanes on which connections are judged, not answers
SPOILT = 500  # from this status on an answer is a failure, unless it was expected


@dataclass(frozen=True, slots=True)
class Target:
    """Where the load goes. It may hold secrets (headers, body) and belongs in no recording.

    Attributes:
        host: an address, v4 or v6, or a name that this machine resolves.
        headers: sent with every request; a `Host` among them is also the name that TLS asks for.
        http: False for a server that speaks something else: connections only.
        via: "container", or "published" where only a published port can be reached (drills.md, T13).
        expect: statuses that are good; empty: whatever it answers in the trial, if below 500.
        straddle_method, straddle_path: a route that reads a body or takes its time; empty: `path` with a body.
        body: sent in halves to that route; empty: an empty JSON object with room in it.
    """

    host: str
    port: int
    tls: bool = False
    method: str = "GET"
    path: str = "/"
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    http: bool = True
    via: str = "container"
    expect: tuple[int, ...] = ()
    straddle_method: str = ""
    straddle_path: str = ""
    body: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """One exchange; for plain TCP and idle lanes, one connection.

    Attributes:
        lane: fresh, keep-alive, straddle-body, straddle-head, straddle-slow, late (connected when held, sent when
            released), idle, tcp.
        due_ns: when it should have been sent, however busy we or the server were.
        connect_ns, connected_ns: begin and end of the connecting; of a reused connection, those of long ago.
        half_ns: the first half of a straddler was handed to the kernel.
        sent_ns: the last byte was.
        done_ns: the answer was whole, or the error was seen.
        reused: on a connection that had served before.
        behind: sent while the server, which takes so many at a time, was held: it may never have been accepted.
        address: where it went.
        complete: the end of the answer was reached.
        framed: that end was told beforehand (Content-Length, chunks); else it is only the end of the connection.
        error: "" refused reset eof (no byte of an answer) cut (in an answer) timeout unreachable tls protocol (no
            HTTP) large (an answer without end) unsent (no connection of ours was free).
        wanted: statuses that are good here; empty: all below 500.
        closed_ns: the server's FIN or RST was seen.
        marker: unique, sent as `X-Seatrial-Id`.
    """

    lane: str
    marker: str
    due_ns: int
    address: str = ""
    connect_ns: int | None = None
    connected_ns: int | None = None
    half_ns: int | None = None
    sent_ns: int | None = None
    first_byte_ns: int | None = None
    done_ns: int | None = None
    closed_ns: int | None = None
    reused: bool = False
    behind: bool = False
    status: int | None = None
    complete: bool = False
    framed: bool = False
    error: str = ""
    wanted: tuple[int, ...] = ()

    @property
    def good(self) -> bool:
        """Whether it was answered in whole, with a status that is wanted; a connection without requests: it held."""
        if self.lane in CONNECTIONS:
            return self.connected_ns is not None and not self.error
        if self.error or not self.complete or self.status is None:
            return False
        return self.status in self.wanted if self.wanted else self.status < SPOILT

    @property
    def kind(self) -> str:
        """In one word how it ended: "ok", the error, or the unwanted status."""
        if self.good:
            return "ok"
        return self.error or (str(self.status) if self.complete else "unanswered")


@dataclass(frozen=True, slots=True)
class Answer:
    """How a route answers when nothing is wrong.

    Attributes:
        seconds: from the last byte sent to the last byte received; the slowest of several.
        size: bytes of the body.
    """

    status: int
    seconds: float
    size: int = 0


@dataclass(frozen=True, slots=True)
class Trial:
    """What a target can bear, tried out beforehand.

    Attributes:
        error: a sentence when it gives no good answer; empty when it does.
        answer: of the ordinary route, also one that is not good; None for plain TCP.
        kept: idle keep-alive connections that may stay open while others are still answered, up to 6.
        body: the answer to a straddler by body, when it comes only after the second half; else None.
        head: the same for a request whose head is sent in halves.
        slow: the same for a declared route that takes its time, sent in whole.
        capacity: straddlers that may be held while others are still answered, up to 3.
        doubt: a sentence when the declared straddle route is no good for it; empty when it is, or none is declared.
    """

    error: str = ""
    answer: Answer | None = None
    kept: int = 0
    body: Answer | None = None
    head: Answer | None = None
    slow: Answer | None = None
    capacity: int = 0
    doubt: str = ""

    def answer_limit_s(self, shortest_s: float) -> float:
        """How long an answer may take: as long as `shortest_s`, and three times what it took in the trial."""
        return max(shortest_s, 3 * self.answer.seconds) if self.answer else shortest_s

    @property
    def plain(self) -> bool:
        """Whether only connections can be tried, as it speaks no HTTP."""
        return self.answer is None and not self.error and not self.doubt

    @property
    def provable(self) -> bool:
        """Whether a request can be made to be in flight at a moment of our choice."""
        return self.body is not None or self.slow is not None
