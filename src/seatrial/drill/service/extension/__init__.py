"""What a service's `x-seatrial` in the compose file says, as a value. It holds no header: those may be secrets.

Compose 2.26 drops `x-` keys of a service from its resolved model, so the text before interpolation is read
(`engine.uninterpolated`) and the variables in it are asked of Compose.
"""

from __future__ import annotations

from dataclasses import dataclass, field

KEY = "x-seatrial"


@dataclass(frozen=True, slots=True)
class Probe:
    """A route that answers when the service works: `http://:8080/health` in pieces.

    Attributes:
        scheme: http, https, tcp; "none" says that there is nothing to ask.
        host: a name to be sent as `Host`; "" where none is written.
        path: query included.
    """

    scheme: str
    port: int = 0
    path: str = field(default="/", repr=False)
    host: str = ""


@dataclass(frozen=True, slots=True)
class Straddle:
    """A route that takes a while, or reads a body: what is asked there is in flight when the signal comes."""

    method: str
    path: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Budgets:
    """What the service may take, in seconds and bytes; None leaves it to the drill."""

    startup_s: float | None = None
    stop_s: float | None = None
    image_bytes: int | None = None


FAULTS = ("stop", "crash", "recreate")


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call to a service of the project; `body` has `{id}` where the number of the write belongs."""

    method: str
    service: str
    port: int
    path: str = field(repr=False)
    tls: bool = False
    body: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Writer:
    """How something is given to the service that it must keep, and where it is found again.

    Attributes:
        write: a good answer to it means: taken.
        read: its answer holds the number of everything that was taken, each once.
        settle_s: how long after the last fault it may take until all is found.
        faults: of `stop`, `crash`, `recreate`: what is done to the service while it is written to.
    """

    write: Call
    read: Call
    settle_s: float = 20.0
    faults: tuple[str, ...] = ("stop", "crash")


NO_CAUSE = "none"


@dataclass(frozen=True, slots=True)
class Gap:
    """A failure that is known and accepted for now: an entry of the ledger.

    Attributes:
        cause: one of the words for causes, or `none` for a failure for which no cause is found.
        why: for those who read the report.
        dependency: in a drill of an edge, the service that is disturbed; else "".
    """

    drill: str
    cause: str
    why: str
    dependency: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """Everything but the headers.

    Attributes:
        probe: None when nothing is said, and the route has to be found out.
        expect: statuses that are good; empty: what the route answers when nothing is wrong.
        exit_codes: the only good ones after a stop; empty leaves it to the drill.
        via: `container` (its own address) or `published` (a port of the host).
        writer: what `durability` writes with; None: it is not judged.
        needs: by dependency the path of a route of this service that it cannot answer well without that.
        skip: by name of the drill, why it is not run here.
        known: failures that are accepted for now.
    """

    probe: Probe | None = None
    straddle: Straddle | None = None
    expect: tuple[int, ...] = ()
    budgets: Budgets = Budgets()
    exit_codes: tuple[int, ...] = ()
    via: str = "container"
    writer: Writer | None = None
    needs: dict[str, str] = field(default_factory=dict, repr=False)
    skip: dict[str, str] = field(default_factory=dict)
    known: tuple[Gap, ...] = ()
