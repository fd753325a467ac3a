"""One HTTP request to an engine's socket. No http.client: importing it alone would cost 20 ms of every start."""

from __future__ import annotations

import os
import socket

from failure import USAGE, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from engine_host.endpoint import Endpoint

PING_LIMIT_S = 5.0
BIGGEST_ANSWER = 16 * 1024 * 1024


class Answer:
    """What an endpoint said. `state`: answers | absent | refused | forbidden | silent | strange.

    `status` is the HTTP status (0: none), `headers` have lower-case names, `detail` is the reason in words.
    """

    __slots__ = ("body", "detail", "headers", "state", "status")

    def __init__(
        self, state: str, detail: str = "", status: int = 0, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> None:
        self.state = state
        self.detail = detail
        self.status = status
        self.headers = headers or {}
        self.body = body


def speaks_http(endpoint: Endpoint) -> bool:
    """Whether the endpoint can be asked directly; ssh:// and others need the docker client."""
    return endpoint.url.startswith(("unix://", "tcp://", "http://", "https://"))


def get(endpoint: Endpoint, path: str, limit_s: float = PING_LIMIT_S) -> Answer:
    """GET `path`. Never raises for a dead endpoint: the answer's `state` says how it is dead."""
    try:
        with _connect(endpoint, limit_s) as connection:
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: docker\r\nUser-Agent: seatrial\r\n\r\n".encode())
            return read_answer(_read_all(connection))
    except FileNotFoundError:
        return Answer("absent", "there is no such socket")
    except PermissionError:
        return Answer("forbidden", "this user may not open the socket")
    except ConnectionRefusedError:
        return Answer("refused", "nothing listens there")
    except TimeoutError:
        return Answer("silent", f"no answer within {limit_s:g} s")
    except (OSError, ValueError) as problem:
        return Answer("strange", str(problem))


def read_answer(raw: bytes) -> Answer:
    """Parse one whole HTTP answer. `answers` means a 2xx status."""
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if not first.startswith("HTTP/") or len(words) < 2 or not words[1].isdigit():
        return Answer("strange", f"not an HTTP answer: {first[:80]!r}")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    status = int(words[1])
    state = "answers" if 200 <= status < 300 else "strange"
    return Answer(state, "" if state == "answers" else f"HTTP {status}", status, headers, body)


def _connect(endpoint: Endpoint, limit_s: float) -> socket.socket:
    scheme, _, rest = endpoint.url.partition("://")
    if scheme == "unix":
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(limit_s)
        try:
            connection.connect(rest)
        except BaseException:
            connection.close()
            raise
        return connection
    secure = endpoint.tls_folder is not None or scheme == "https"
    host, port = _host_and_port(rest, 2376 if secure else 2375, endpoint.url)
    connection = socket.create_connection((host, port), limit_s)
    return _secured(connection, host, endpoint) if secure else connection


def _host_and_port(rest: str, default_port: int, url: str) -> tuple[str, int]:
    address = rest.split("/", 1)[0]
    host, colon, port = address.rpartition(":")
    if not colon or "]" in port:
        host, port = address, str(default_port)
    if not port.isdigit():
        raise Failure(f"`{url}` is not an engine address", "use unix:///path/to.sock or tcp://host:port", USAGE)
    return host.strip("[]"), int(port)


def _secured(connection: socket.socket, host: str, endpoint: Endpoint) -> socket.socket:
    import ssl

    folder = endpoint.tls_folder or ""
    ca, cert, key = (os.path.join(folder, name) for name in ("ca.pem", "cert.pem", "key.pem"))
    context = ssl.create_default_context(cafile=ca if os.path.exists(ca) else None)
    if endpoint.skip_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if os.path.exists(cert):
        context.load_cert_chain(cert, key)
    return context.wrap_socket(connection, server_hostname=host)


def _read_all(connection: socket.socket) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := connection.recv(65536):
        parts.append(part)
        size += len(part)
        if size > BIGGEST_ANSWER:
            raise ValueError("the answer is too big for an engine's")
    return b"".join(parts)
