"""Straddlers: requests that are certainly in flight at a moment of our choice, because half of them is still here."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill.traffic.exchange import ROOMY, Message, ordinary

if TYPE_CHECKING:
    from seatrial.drill.traffic.connection import Connection
    from seatrial.drill.traffic.exchange import Exchange
    from seatrial.drill.traffic.request import Request, Target, Trial
    from seatrial.drill.traffic.session import Session

_ARRIVAL_LIMIT_S = 0.2


def message(target: Target, lane: str) -> Message:
    """What a straddler of this lane sends."""
    if lane in ("late", "straddle-head"):
        return ordinary(target)
    path = target.straddle_path or target.path
    if lane == "straddle-slow":
        return Message(target.straddle_method or target.method, path, target.body.encode() if target.body else None)
    # Without a declared route the body goes along with the ordinary request: that changes nothing in the service.
    return Message(target.straddle_method or target.method, path, (target.body or ROOMY).encode())


def chosen(trial: Trial, count: int) -> tuple[str, ...]:
    """The lanes of `count` straddlers, as many as the server bears; one of each kind where there is room. Pure."""
    room = max(1, min(count, trial.capacity))
    strong = "straddle-body" if trial.body else "straddle-slow" if trial.slow else ""
    weak = "straddle-head" if trial.head else ""
    if strong and weak and room > 1:
        return (*[strong] * (room - 1), weak)
    kind = strong or weak
    return (kind,) * room if kind else ()


class Straddler:
    """One request that is held in the middle of its sending."""

    def __init__(self, session: Session, connection: Connection, request: Request) -> None:
        self._session, self._connection = session, connection
        wanted = _wanted(session.trial, request)
        told = message(session.target, request.lane)
        self.exchange: Exchange = session.exchange(replace(request, wanted=wanted), connection, told)
        self._rest = b""

    async def hold(self) -> None:
        """Send the first half and see it arrive; of a `late` one nothing, of a slow one all."""
        exchange, lane = self.exchange, self.exchange.request.lane
        if lane == "straddle-slow":
            exchange.send_all()
        elif lane == "late":
            self._rest = exchange.head + exchange.body
        else:
            middle = len(exchange.head) // 2
            cut = middle if lane == "straddle-head" else len(exchange.head) + len(exchange.body) // 2
            whole = exchange.head + exchange.body
            self._rest = whole[cut:]
            exchange.request = replace(exchange.request, half_ns=exchange.send(whole[:cut]))
        await self._connection.acknowledged(_ARRIVAL_LIMIT_S)

    def release(self) -> None:
        """Send the rest."""
        if self._rest:
            sent_ns = self.exchange.send(self._rest)
            if not self.exchange.done.is_set():
                self.exchange.request = replace(self.exchange.request, sent_ns=sent_ns)
            self._rest = b""

    async def end(self, limit_s: float) -> None:
        """Wait for the answer, and note it."""
        await self.exchange.wait(limit_s)
        self._session.keep(self.exchange.request, self._connection)


async def opened(session: Session, lane: str) -> Straddler | None:
    """A straddler that is held; None when it could not even connect."""
    request = session.new(lane, time.time_ns())
    connection = await session.connect(request)
    if connection is None:
        return None
    straddler = Straddler(session, connection, request)
    await straddler.hold()
    return straddler


def _wanted(trial: Trial, request: Request) -> tuple[int, ...]:
    """The statuses that are good for this lane: what the trial saw on it."""
    seen = {"straddle-body": trial.body, "straddle-slow": trial.slow}.get(request.lane)
    return (seen.status,) if seen else request.wanted
