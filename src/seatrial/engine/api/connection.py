"""HTTP over a Unix socket: requests with a limit, and streams that another thread can end."""

from __future__ import annotations

import http.client
import json
import select
import socket
import time
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from seatrial.errors import EngineUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# Of Engine 25, the oldest that we take.
_VERSION = "/v1.44"
_FEW = 2
_FAILED = 400
_TAR = {"Content-Type": "application/x-tar", "Transfer-Encoding": "chunked"}
_SAME_S = 3.0
_AT_A_TIME = 8
# An engine that is silent for so long is asked for a sign of life, which a busy one gives at once.
PING_AFTER_S = 4.0
PING_LIMIT_S = 6.0


class Refused(Exception):
    """The engine's answer was an error: `status` of HTTP, and its words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class SilentEngine(TimeoutError):
    """It accepts connections, and answers nothing."""


class Unix(http.client.HTTPConnection):
    """To a Unix socket. An engine that also gives no answer to a ping is not waited for longer."""

    def __init__(self, path: str, limit_s: float | None) -> None:
        super().__init__("docker", timeout=limit_s)
        self._path = path

    def getresponse(self) -> http.client.HTTPResponse:
        """Raises `SilentEngine`."""
        if (self.timeout is None or self.timeout > PING_AFTER_S) and not self._has_begun() and not self._is_alive():
            silence_s = PING_AFTER_S + PING_LIMIT_S
            raise SilentEngine(f"the Docker engine at unix://{self._path} has not answered for {silence_s:g} s")
        return super().getresponse()

    def _has_begun(self) -> bool:
        answer = select.poll()  # a `select` cannot wait for descriptors above 1,023
        answer.register(self.sock, select.POLLIN)
        return bool(answer.poll(PING_AFTER_S * 1000))

    def _is_alive(self) -> bool:
        ping = Unix(self._path, PING_LIMIT_S)
        try:
            ping.request("GET", "/_ping")
            http.client.HTTPConnection.getresponse(ping).read()
        except TimeoutError:
            return False
        except (OSError, http.client.HTTPException):
            return True  # the request itself has the reason
        finally:
            ping.close()
        return True

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Connections:
    """Requests to one engine, from any thread. A connection each: keeping them saves half a millisecond.

    Attributes:
        offset_s: the engine's clock minus ours, where they differ by more than the seconds of its answers can tell.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self.offset_s = 0.0

    def request(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: object = None, *, limit_s: float
    ) -> bytes:
        """The body of the answer.

        Raises:
            Refused: the engine says no.
            EngineUnreachable: it does not answer within `limit_s`, or there is none.
        """
        connection = Unix(self._path, limit_s)
        try:
            answer = _sent(connection, method, path, query, body)
            text = answer.read()
            self.offset_s = _offset_s(answer.getheader("Date"))
        except (OSError, http.client.HTTPException) as error:
            raise unreachable(error) from None
        finally:
            connection.close()
        if answer.status >= _FAILED:
            raise _refused(answer.status, text)
        return text

    def send(self, path: str, query: Mapping[str, str], body: Iterable[bytes], *, limit_s: float) -> None:
        """PUT a stream. Raises as `request`, with `limit_s` for every piece of it."""
        connection = Unix(self._path, limit_s)
        try:
            # What refuses early says why and hangs up: its answer counts, not that the rest could not be sent.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request("PUT", _target(path, query), body, _TAR, encode_chunked=True)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise unreachable(error) from None
        finally:
            connection.close()
        if answer.status >= _FAILED:
            raise _refused(answer.status, text)

    def header(self, path: str, query: Mapping[str, str], name: str, *, limit_s: float) -> str:
        """One header of the answer to a HEAD. Raises as `request`."""
        connection = Unix(self._path, limit_s)
        try:
            answer = _sent(connection, "HEAD", path, query, None)
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise unreachable(error) from None
        finally:
            connection.close()
        if answer.status >= _FAILED:
            raise _refused(answer.status, b"")
        return answer.getheader(name) or ""

    def json(self, path: str, query: Mapping[str, str] | None = None, *, limit_s: float) -> Any:
        """The answer to a GET."""
        return json.loads(self.request("GET", path, query, limit_s=limit_s))

    def many(self, targets: Sequence[str], *, limit_s: float) -> list[bytes | None]:
        """Answers to GETs in their order, None for what is refused; some at a time. Raises `EngineUnreachable`."""
        if len(targets) <= _FEW:
            return self._one_by_one(targets, limit_s)  # to load the pool takes longer
        from concurrent.futures import ThreadPoolExecutor

        shares = [targets[first::_AT_A_TIME] for first in range(min(_AT_A_TIME, len(targets)))]
        answers: list[bytes | None] = [None] * len(targets)
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            for first, share in enumerate(pool.map(lambda share: self._one_by_one(share, limit_s), shares)):
                answers[first::_AT_A_TIME] = share
        return answers

    def _one_by_one(self, targets: Sequence[str], limit_s: float) -> list[bytes | None]:
        connection = Unix(self._path, limit_s)
        try:
            return list(gets(connection, targets))
        except (OSError, http.client.HTTPException) as error:
            raise unreachable(error) from None
        finally:
            connection.close()

    @contextmanager
    def stream(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: object = None
    ) -> Iterator[tuple[http.client.HTTPResponse, socket.socket]]:
        """The answer while it comes, and its socket; whoever reads it is ended on the way out. Raises as `request`."""
        connection = Unix(self._path, None)
        try:
            try:
                connection.connect()
                sock = connection.sock  # the answer takes it away from the connection
                answer = _sent(connection, method, path, query, body)
            except (OSError, http.client.HTTPException) as error:
                raise unreachable(error) from None
            if answer.status >= _FAILED:
                raise _refused(answer.status, answer.read())
            try:
                yield answer, sock
            finally:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        finally:
            connection.close()


def gets(connection: http.client.HTTPConnection, targets: Iterable[str]) -> Iterator[bytes | None]:
    """Answers to GETs, one after the other over one connection; None for what is refused.

    Raises:
        OSError, http.client.HTTPException: it does not hold.
    """
    for target in targets:
        answer = _sent(connection, "GET", target, None, None)
        text = answer.read()
        yield text if answer.status < _FAILED else None


def _sent(
    connection: http.client.HTTPConnection, method: str, path: str, query: Mapping[str, str] | None, body: object
) -> http.client.HTTPResponse:
    text = None if body is None else json.dumps(body)
    headers = {"Content-Type": "application/json"} if text is not None else {}
    connection.request(method, _target(path, query), text, headers)
    return connection.getresponse()


def _target(path: str, query: Mapping[str, str] | None) -> str:
    # Names of files may be no text at all; the engine takes their bytes.
    return f"{_VERSION}{path}" + (f"?{urlencode(query, errors='surrogateescape')}" if query else "")


def _offset_s(date: str | None) -> float:
    try:
        offset_s = parsedate_to_datetime(date).timestamp() - time.time() if date else 0.0
    except ValueError:
        return 0.0
    return offset_s if abs(offset_s) > _SAME_S else 0.0


def _refused(status: int, text: bytes) -> Refused:
    try:
        message = json.loads(text)["message"]
    except (ValueError, KeyError, TypeError):
        message = text.decode(errors="replace").strip()
    return Refused(status, message)


def unreachable(error: Exception) -> EngineUnreachable:
    if isinstance(error, PermissionError):
        return EngineUnreachable(
            "the Docker engine's socket is not open to this user",
            fix="join its group (`sudo usermod -aG docker $USER`, then log in again), or use a rootless engine",
        )
    if isinstance(error, SilentEngine):
        return EngineUnreachable(str(error), fix="read the engine's log and restart it, or correct DOCKER_HOST")
    said = f"{type(error).__name__}: {error}".rstrip(": ")
    return EngineUnreachable(
        "no Docker engine answers at the address in use",
        fix="start it (`scripts/engine ensure`, `systemctl start docker`), or correct DOCKER_HOST",
        detail=(said,),
    )
