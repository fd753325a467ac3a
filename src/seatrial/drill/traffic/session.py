"""What all lanes share: the target, every connection, and what became of every request."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill.traffic.connection import NotConnected, connect, tls_context
from seatrial.drill.traffic.exchange import Exchange, ordinary
from seatrial.drill.traffic.request import Request

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from seatrial.drill.traffic.connection import Connection
    from seatrial.drill.traffic.exchange import Message
    from seatrial.drill.traffic.request import Target, Trial

CONNECT_LIMIT_S = 2.0  # the kernel repeats a lost SYN after one second
MOST_CONNECTIONS = 64


class Session:
    """The state of one load. Lives in the thread of its event loop.

    Attributes:
        requests: those that ended, in the order of their ends.
        under_way: ordinary requests that were sent and are not answered yet.
        pending: when each request was due that wants a connection or an answer, by marker.
        held: whether straddlers are open.
        stopping: set when nothing new may begin.
    """

    def __init__(self, target: Target, trial: Trial, limit_s: float) -> None:
        self.target, self.trial, self.limit_s = target, trial, limit_s
        self.requests: list[Request] = []
        self.under_way = 0
        self.pending: dict[str, int] = {}
        self.held = False
        self.stopping = asyncio.Event()
        self._context = tls_context() if target.tls else None
        self._open: set[Connection] = set()
        self._last: dict[Connection, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._run, self._number = secrets.token_hex(4), itertools.count(1)

    def new(self, lane: str, due_ns: int | None = None) -> Request:
        wanted = self.target.expect or ((self.trial.answer.status,) if self.trial.answer else ())
        marker = f"{self._run}-{next(self._number)}"
        return Request(lane, marker, due_ns or time.time_ns(), self.target.host, wanted=wanted)

    def keep(self, request: Request, connection: Connection | None = None) -> Request:
        """Note how a request ended; of `connection`, it was the last one so far."""
        if connection is not None:
            self._last[connection] = len(self.requests)
        self.requests.append(request)
        return request

    async def connect(self, request: Request) -> Connection | None:
        """A new connection for `request`; None, and the request noted as failed, when there is none."""
        self._open = {connection for connection in self._open if connection.open}
        if len(self._open) >= MOST_CONNECTIONS:
            self.keep(replace(request, error="unsent", done_ns=time.time_ns()))
            return None
        begun_ns = time.time_ns()
        try:
            connection = await connect(self.target, self._context, CONNECT_LIMIT_S)
        except NotConnected as failure:
            self.keep(replace(request, connect_ns=begun_ns, done_ns=time.time_ns(), error=failure.kind))
            return None
        self._open.add(connection)
        return connection

    def exchange(self, request: Request, connection: Connection, message: Message) -> Exchange:
        return Exchange(request, connection, self.target, message)

    async def ask(
        self,
        request: Request,
        connection: Connection | None = None,
        *,
        close: bool = True,
        limit_s: float | None = None,
    ) -> Exchange | None:
        """An ordinary request, on a new connection where none is given; noted when it is over."""
        self.pending[request.marker] = request.due_ns
        try:
            return await self._asked(request, connection, close=close, limit_s=limit_s)
        finally:
            self.pending.pop(request.marker, None)

    async def _asked(
        self, request: Request, connection: Connection | None, *, close: bool, limit_s: float | None
    ) -> Exchange | None:
        connection = connection or await self.connect(request)
        if connection is None:
            return None
        single = self.trial.answer is not None and not self.trial.capacity
        behind = single and (self.held or self.under_way > 0)
        exchange = self.exchange(replace(request, behind=behind), connection, ordinary(self.target, close=close))
        exchange.send_all()
        self.under_way += 1
        try:
            await exchange.wait(limit_s or self.limit_s)
        finally:
            self.under_way -= 1
            self.keep(exchange.request, connection)
        return exchange

    def begin(self, work: Coroutine[None, None, None]) -> None:
        """Let something run beside; `finish` waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)

    async def finish(self) -> tuple[Request, ...]:
        """Begin nothing new, wait for what is under way, close everything."""
        self.stopping.set()
        try:
            while self._tasks:
                tasks, self._tasks = self._tasks, set()
                await asyncio.gather(*tasks)
        finally:
            self.abandon()
        for connection, last in self._last.items():
            if connection.closed_ns is not None:
                self.requests[last] = replace(self.requests[last], closed_ns=connection.closed_ns)
        return tuple(sorted(self.requests, key=lambda request: request.due_ns))

    def abandon(self) -> None:
        """Close everything now."""
        for task in self._tasks:
            task.cancel()
        for connection in self._open:
            connection.close()
