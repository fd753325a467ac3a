"""One HTTP/1.1 request and its answer on a connection. h11 frames; nothing of a body is kept."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import h11

if TYPE_CHECKING:
    from seatrial.drill.traffic.connection import Connection
    from seatrial.drill.traffic.request import Request, Target

LARGEST = 1_000_000  # bytes of a body; a route that gives more is no fit load
_LARGEST_HEAD = 65_536
_BODILESS = (204, 304)
_OURS = ("connection", "content-length", "transfer-encoding")
ROOMY = "{" + " " * 62 + "}"  # valid JSON, with room to be cut in two


@dataclass(frozen=True, slots=True)
class Message:
    """A request as it is sent: one line of method and path, and a body or None."""

    method: str
    path: str
    body: bytes | None = None
    close: bool = True


def ordinary(target: Target, *, close: bool = True) -> Message:
    return Message(target.method, target.path, close=close)


class Exchange:
    """A request on its way, and the listener for its answer.

    `request` is what is known of it so far; `done` is set when the answer is whole or will never be.
    """

    def __init__(self, request: Request, connection: Connection, target: Target, message: Message) -> None:
        """Raise h11.LocalProtocolError when the request cannot be written, for instance for a bad header."""
        self.request = replace(
            request,
            connect_ns=connection.connect_ns,
            connected_ns=connection.connected_ns,
            address=connection.address,
            reused=connection.served > 0,
        )
        self.done = asyncio.Event()
        self.size = 0
        self.reusable = False
        self._connection = connection
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
        self.head, self.body = _written(self._http, target, message, request.marker)
        connection.listener = self
        if connection.ending:
            self.ended(connection.ending, connection.closed_ns or time.time_ns())

    def send(self, data: bytes) -> int | None:
        """Hand bytes to the kernel, unless it is over already; when that was done."""
        return None if self.done.is_set() else self._connection.write(data)

    def send_all(self) -> None:
        """The whole request, or what is left of it."""
        self.request = replace(self.request, sent_ns=self.send(self.head + self.body))

    async def wait(self, limit_s: float) -> None:
        """Wait for the end; a timeout is one."""
        try:
            async with asyncio.timeout(limit_s):
                await self.done.wait()
        except TimeoutError:
            if not self.done.is_set():
                self._finish(time.time_ns(), error="timeout")

    def received(self, data: bytes, now_ns: int) -> None:
        if self.done.is_set():
            return
        if self.request.first_byte_ns is None:
            self.request = replace(self.request, first_byte_ns=now_ns)
            if data[:4] != b"HTTP"[: len(data)]:  # h11 would wait for the end of what may never end
                self._finish(now_ns, error="protocol")
                return
        self._read(data, now_ns)

    def ended(self, kind: str, now_ns: int) -> None:
        if self.done.is_set():
            return
        self.request = replace(self.request, closed_ns=now_ns)
        if kind == "eof" and self.request.first_byte_ns is not None:
            self._read(b"", now_ns)
            if not self.done.is_set():
                self._finish(now_ns, error="cut")
        else:
            self._finish(now_ns, error=kind)

    def _read(self, data: bytes, now_ns: int) -> None:
        try:
            self._http.receive_data(data)
            while not self.done.is_set():
                event = self._http.next_event()
                if event is h11.NEED_DATA or event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                    return
                self._take(event, now_ns)
        except h11.RemoteProtocolError:
            self._finish(now_ns, error="protocol" if data else "cut")

    def _take(self, event: object, now_ns: int) -> None:
        if isinstance(event, h11.Response):
            names = {name for name, _ in event.headers}
            framed = bool(names & {b"content-length", b"transfer-encoding"}) or event.status_code in _BODILESS
            self.request = replace(self.request, status=event.status_code, framed=framed)
        elif isinstance(event, h11.Data):
            self.size += len(event.data)
            if self.size > LARGEST:
                self._finish(now_ns, error="large")
        elif isinstance(event, h11.EndOfMessage):
            self.request = replace(self.request, complete=True)
            self._finish(now_ns)

    def _finish(self, now_ns: int, error: str = "") -> None:
        self.request = replace(self.request, done_ns=now_ns, error=error)
        self.done.set()
        self._connection.served += not error
        whole = not error and self.request.sent_ns is not None and self._connection.open
        self.reusable = whole and self._http.our_state is h11.DONE and self._http.their_state is h11.DONE
        if self.reusable:
            self._connection.listener = None
        else:
            self._connection.close()


def _written(http: h11.Connection, target: Target, message: Message, marker: str) -> tuple[bytes, bytes]:
    """Head and body as bytes."""
    given = {name.lower() for name, _ in target.headers}
    host = f"[{target.host}]" if ":" in target.host else target.host
    own = [("Host", f"{host}:{target.port}"), ("User-Agent", "seatrial"), ("Accept", "*/*")]
    headers = [(name, value) for name, value in own if name.lower() not in given]
    headers += [(name, value) for name, value in target.headers if name.lower() not in _OURS]
    headers.append(("X-Seatrial-Id", marker))
    if message.close:
        headers.append(("Connection", "close"))
    if message.body is not None:
        headers.append(("Content-Length", str(len(message.body))))
        if "content-type" not in given:
            headers.append(("Content-Type", "application/json"))
    head = http.send(h11.Request(method=message.method, target=message.path, headers=headers)) or b""
    body = b"" if message.body is None else http.send(h11.Data(data=message.body)) or b""
    return head, body + (http.send(h11.EndOfMessage()) or b"")
