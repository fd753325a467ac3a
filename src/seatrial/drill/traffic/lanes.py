"""The lanes of ordinary load: open loop, so that a stalled server does not slow the sender and hide its losses."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from seatrial.drill.traffic.connection import Connection
    from seatrial.drill.traffic.request import Request, Trial
    from seatrial.drill.traffic.session import Session

RATE = 20.0  # requests a second, fresh and keep-alive each
TCP_RATE = 4.0  # MySQL shuts a client out after 100 connections that say nothing
POOL = 4
IDLE = 2
_MOST_UNDER_WAY = 40
_MOST_AT_ONCE = 16.0  # answers that a healthy service owes at one time
_MOST_BYTES_S = 10_000_000
_LOOK_S = 0.05  # how long a connection without requests is watched
_REOPEN_S = 1.0


def bearable(rate: float, trial: Trial) -> float:
    """Requests a second that a route with such answers is given, no more than `rate`. Pure."""
    if trial.answer is None:
        return rate
    slow = _MOST_AT_ONCE / trial.answer.seconds if trial.answer.seconds else rate
    large = _MOST_BYTES_S / trial.answer.size if trial.answer.size else rate
    return max(0.5, min(rate, slow, large))


async def steadily(
    session: Session,
    lane: str,
    rate: float,
    one: Callable[[Request], Coroutine[None, None, None]],
    *,
    after_s: float = 0,
) -> None:
    """Begin `one` at each due moment, whatever became of those before, until the session stops."""
    loop = asyncio.get_running_loop()
    began, began_ns = loop.time() + after_s, time.time_ns() + int(after_s * 1e9)
    count, under_way = 0, 0

    async def counted(request: Request) -> None:
        nonlocal under_way
        under_way += 1
        try:
            await one(request)
        finally:
            under_way -= 1

    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(began + count / rate):
                await session.stopping.wait()
                return
        request = session.new(lane, began_ns + int(count * 1e9 / rate))
        if under_way < _MOST_UNDER_WAY:
            session.begin(counted(request))
        else:
            session.keep(replace(request, error="unsent"))
        count += 1


async def fresh(session: Session, request: Request) -> None:
    """A connection for one request."""
    await session.ask(request)


class Pool:
    """Requests on a few connections that are used again and again."""

    def __init__(self, session: Session, size: int) -> None:
        self._session, self._size = session, size
        self._free: deque[Connection] = deque()
        self._busy = 0

    async def ask(self, request: Request) -> None:
        """Use the connection that was idle longest, or a new one if there may be one more."""
        self._free = deque(connection for connection in self._free if connection.open)
        if not self._free and self._busy >= self._size:
            self._session.keep(replace(request, error="unsent"))
            return
        connection = self._free.popleft() if len(self._free) + self._busy >= self._size else None
        self._busy += 1
        try:
            connection = connection or await self._session.connect(request)
            exchange = await self._session.ask(request, connection, close=False) if connection else None
        finally:
            self._busy -= 1
        if connection and exchange and exchange.reusable:
            self._free.append(connection)


async def idle(session: Session) -> None:
    """A connection that has served once, or just stands for plain TCP; a new one when the server closed it."""
    while not session.stopping.is_set():
        request = session.new("idle")
        connection = await session.connect(request)
        if connection is not None:
            if session.target.http:
                await session.ask(request, connection, close=False)
            else:
                session.keep(_standing(request, connection), connection)
            await _first(connection.closed, session.stopping)
        with suppress(TimeoutError):
            async with asyncio.timeout(_REOPEN_S):
                await session.stopping.wait()


async def touch(session: Session, request: Request) -> None:
    """A plain connection: whether it comes about, and is not closed at once."""
    connection = await session.connect(request)
    if connection is None:
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(_LOOK_S):
            await connection.closed.wait()
    ended = replace(_standing(request, connection), error=connection.ending, done_ns=time.time_ns())
    session.keep(ended, connection)
    connection.close()


def _standing(request: Request, connection: Connection) -> Request:
    return replace(
        request,
        connect_ns=connection.connect_ns,
        connected_ns=connection.connected_ns,
        address=connection.address,
        closed_ns=connection.closed_ns,
    )


async def _first(*events: asyncio.Event) -> None:
    """Wait until one of them is set."""
    waiters = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiters, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for waiter in waiters:
            waiter.cancel()
