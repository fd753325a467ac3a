"""Small servers of every manner, each on a free port, in a thread of its own with real sockets."""

from __future__ import annotations

import asyncio
import http.server
import socket
import struct
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Iterator

    Talk = Callable[["Server", asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_LAST_LOOK_S = 0.05
LIMIT_S = 20.0
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """What a test sees of a server.

    Attributes:
        port: where it listens.
        heads: the heads of all requests that it read.
        accepted: connections so far; `open` are so now, `most` were at one time.
        draining: it was told to stop.
    """

    def __init__(self, talk: Talk) -> None:
        self.port = 0
        self.heads: list[str] = []
        self.accepted = 0
        self.most = 0
        self.draining = False
        self._talk = talk
        self._changed = threading.Condition()
        self._idle: set[asyncio.StreamWriter] = set()
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._listener: asyncio.Server

    @property
    def open(self) -> int:
        return len(self._open)

    def until(self, what: Callable[[], bool]) -> None:
        """Wait until something is so; it is asked after every request and connection."""
        with self._changed:
            assert self._changed.wait_for(what, LIMIT_S), "that never came to be"

    def read(self, count: int) -> None:
        """Wait until `count` more requests were read."""
        before = len(self.heads)
        self.until(lambda: len(self.heads) >= before + count)

    def stop(self) -> None:
        """Listen no more, close what is idle, answer what is under way."""
        self._do(self._stop)
        # What a client has sent already may not have been read yet: a moment more, as a careful server has.
        time.sleep(_LAST_LOOK_S)
        self._do(self._close_idle)

    def die(self) -> None:
        """As a process that is killed: the kernel resets everything."""
        self._do(self._die)

    async def head(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        """The next head; nothing when the client is gone or the server stops."""
        self._idle.add(writer)
        first = await reader.read(1)
        self._idle.discard(writer)
        if not first:
            return ""
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        self._tell()
        return head

    async def body(self, reader: asyncio.StreamReader, head: str) -> bytes:
        lengths = [line.split(":")[1] for line in head.lower().split("\r\n") if line.startswith("content-length:")]
        return await reader.readexactly(int(lengths[0])) if lengths else b""

    def _tell(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _do(self, work: Callable[[], None]) -> None:
        done = threading.Event()
        self._loop.call_soon_threadsafe(work)
        self._loop.call_soon_threadsafe(done.set)
        assert done.wait(LIMIT_S)

    def _stop(self) -> None:
        self.draining = True
        self._listener.close()

    def _close_idle(self) -> None:
        for writer in self._idle:
            writer.close()

    def _die(self) -> None:
        self._listener.close()
        for writer in self._open:
            reset(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self._open.add(writer)
        self.most = max(self.most, self.open)
        self._tell()
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._talk(self, reader, writer)
        self._idle.discard(writer)
        self._open.discard(writer)
        self._tell()
        writer.close()

    def run(self, ready: threading.Event, host: str, tls: ssl.SSLContext | None) -> None:
        async def begin() -> None:
            self._listener = await asyncio.start_server(self._serve, host, 0, ssl=tls)
            self.port = self._listener.sockets[0].getsockname()[1]

        async def end() -> None:
            self._die()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self._loop.set_exception_handler(lambda *_: None)
        self._loop.run_until_complete(begin())
        self._loop.call_soon(ready.set)  # an end that came before `run_forever` would be missed
        self._loop.run_forever()
        self._loop.run_until_complete(end())
        self._loop.close()

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)


@contextmanager
def serving(
    talk: Talk,
    *,
    host: str = "127.0.0.1",
    tls: ssl.SSLContext | None = None,
) -> Iterator[Server]:
    """A server that treats each connection with `talk`."""
    server, ready = Server(talk), threading.Event()
    thread = threading.Thread(target=server.run, args=(ready, host, tls))
    thread.start()
    try:
        assert ready.wait(LIMIT_S)
        yield server
    finally:
        server.end()
        thread.join(LIMIT_S)
        assert not thread.is_alive()


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST."""
    if writer.transport.is_closing():  # over TLS nothing more can be asked of it then
        return
    peer = writer.get_extra_info("socket")
    if peer is not None and peer.fileno() >= 0:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def one_at_a_time() -> Iterator[int]:
    """A server with one thread, which an open connection occupies."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.wfile.write(OK)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


async def polite(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reads a whole request, answers it, and keeps the connection as HTTP/1.1 has it."""
    while head := await server.head(reader, writer):
        await server.body(reader, head)
        writer.write(OK)
        await writer.drain()
        if server.draining or "connection: close" in head.lower():
            return


async def hasty(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers when it has seen the head, whatever follows."""
    while head := await server.head(reader, writer):
        writer.write(OK)
        await writer.drain()
        await server.body(reader, head)


async def closing(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One answer, without a length: its end is that of the connection."""
    await server.body(reader, await server.head(reader, writer))
    writer.write(b"HTTP/1.1 200 OK\r\n\r\nok")


async def mute(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reads for ever and says nothing."""
    await reader.read(-1)


async def slamming(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Closes what it accepts."""


async def resetting(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await server.head(reader, writer)
    reset(writer)


async def falling_silent(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reads a request and ends the connection below whatever protocol there is."""
    await server.head(reader, writer)
    writer.transport.abort()


async def babbling(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speaks something else."""
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n" + bytes(range(256)))
    await reader.read(-1)


async def endless(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Streams as fast as it can, for ever."""
    await server.head(reader, writer)
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + bytes(65536) + b"\r\n")
        await writer.drain()


async def huge(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """100 MB, as it says beforehand."""
    await server.head(reader, writer)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
    for _ in range(1000):
        writer.write(bytes(100_000))
        await writer.drain()


async def ticking(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An event stream: a few bytes now and then, for ever."""
    await server.head(reader, writer)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
    while True:
        writer.write(b"data: tick\n\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def cutting(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Promises ten bytes and gives five."""
    await server.head(reader, writer)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")


async def ill(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await server.head(reader, writer)
    writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")


async def dripping(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A right answer, byte by byte in half a second."""
    while head := await server.head(reader, writer):
        await server.body(reader, head)
        for byte in OK:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.5 / len(OK))
        if "connection: close" in head.lower():
            return


async def slow_there(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers at once, but takes its time on /slow."""
    while head := await server.head(reader, writer):
        if head.startswith("GET /slow "):
            await asyncio.sleep(0.6)
        writer.write(OK)
        await writer.drain()
        await server.body(reader, head)


async def tired(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Closes a kept connection when its third request arrives, as a server does whose patience ends just then."""
    for _ in range(2):
        head = await server.head(reader, writer)
        await server.body(reader, head)
        writer.write(OK)
        await writer.drain()
        if not head or "connection: close" in head.lower():
            return
    await server.head(reader, writer)
    writer.write_eof()


async def greeting(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """No HTTP: it greets and waits, as databases do."""
    writer.write(b"J\0\0\0\n8.0.36\0")
    await reader.read(-1)
