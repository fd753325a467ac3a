"""One connection: opened with a limit, stamped in the callbacks of the event loop, not when a waiter comes round."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import socket
import ssl
import struct
import termios
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from seatrial.drill.traffic.request import Target

_UNREACHABLE = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL)


class Listener(Protocol):
    """Whoever waits for an answer on a connection."""

    def received(self, data: bytes, now_ns: int) -> None: ...

    def ended(self, kind: str, now_ns: int) -> None: ...


class Connection(asyncio.Protocol):
    """One TCP or TLS connection.

    Attributes:
        connect_ns, connected_ns: with TLS, its handshake is part of the connecting.
        closed_ns: the server's FIN or RST was seen; None while the connection is open, and when we closed it.
        ending: "eof", "reset" or "tls" once it was.
        closed: set when either side has closed.
        served: answers received on it.
    """

    def __init__(self) -> None:
        self.connect_ns = time.time_ns()
        self.connected_ns: int | None = None
        self.closed_ns: int | None = None
        self.ending = ""
        self.closed = asyncio.Event()
        self.served = 0
        self.listener: Listener | None = None
        self._transport: asyncio.Transport | None = None

    @property
    def open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing() and not self.ending

    @property
    def address(self) -> str:
        """The IP at the other end."""
        peer = self._transport.get_extra_info("peername") if self._transport else None
        return str(peer[0]) if peer else ""

    def write(self, data: bytes) -> int | None:
        """Hand `data` to the kernel: the time when that was done, None when the connection is closed."""
        if self._transport is None or not self.open:
            return None
        self._transport.write(data)
        return time.time_ns() if self.open else None

    async def acknowledged(self, limit_s: float) -> None:
        """Wait until the kernel at the other end has everything that was written."""
        limit = time.monotonic() + limit_s
        while self.open and self._unacknowledged() and time.monotonic() < limit:  # noqa: ASYNC110
            await asyncio.sleep(0.001)  # the kernel tells nobody

    def close(self) -> None:
        """Close from our side, without waiting for anything."""
        self.listener = None
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self.connected_ns = time.time_ns()
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        now_ns = time.time_ns()
        if self.listener is not None:
            self.listener.received(data, now_ns)

    def eof_received(self) -> None:
        self._end("eof", time.time_ns())

    def connection_lost(self, exc: Exception | None) -> None:
        now_ns = time.time_ns()
        if exc is not None:
            self._end("tls" if isinstance(exc, ssl.SSLError) else "reset", now_ns)
        elif self.listener is not None:
            self._end("eof", now_ns)
        self.closed.set()

    def _end(self, kind: str, now_ns: int) -> None:
        if self.ending:
            return
        self.ending, self.closed_ns = kind, now_ns
        self.closed.set()
        if self.listener is not None:
            self.listener.ended(kind, now_ns)

    def _unacknowledged(self) -> int:
        own = self._transport.get_extra_info("socket") if self._transport else None
        with suppress(OSError, ValueError):
            if own is not None:
                waiting: bytes = fcntl.ioctl(own.fileno(), termios.TIOCOUTQ, b"\0\0\0\0")
                return int(struct.unpack("i", waiting)[0])
        return 0


class NotConnected(Exception):
    """A connection that did not come about; `kind` is a word of `Request.error`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


async def connect(target: Target, context: ssl.SSLContext | None, limit_s: float) -> Connection:
    """Connect to `target`.

    Raises:
        NotConnected: refused, reset, timeout, unreachable or tls.
    """
    loop = asyncio.get_running_loop()
    named = next((value for name, value in target.headers if name.lower() == "host"), target.host)
    connection = Connection()
    try:
        async with asyncio.timeout(limit_s):
            await loop.create_connection(
                lambda: connection,
                target.host,
                target.port,
                ssl=context,
                server_hostname=named.rsplit(":", 1)[0] if context and named != target.host else None,
            )
    except TimeoutError:
        raise NotConnected("timeout") from None
    except ssl.SSLError:
        raise NotConnected("tls") from None
    except ConnectionRefusedError:
        raise NotConnected("refused") from None
    except socket.gaierror:
        raise NotConnected("unreachable") from None
    except OSError as error:
        raise NotConnected("unreachable" if error.errno in _UNREACHABLE or not error.errno else "reset") from None
    return connection


def tls_context() -> ssl.SSLContext:
    """TLS as any server speaks it: what is drilled is on this machine, its certificate often home-made."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.set_alpn_protocols(["http/1.1"])
    return context
