from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from engine_host.endpoint import Endpoint
from engine_host.http import get, read_answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PING = b"HTTP/1.0 200 OK\r\nApi-Version: 1.45\r\nServer: Docker/26.1.5 (linux)\r\n\r\nOK"


@contextmanager
def listening(listener: socket.socket, answer: bytes | None) -> Iterator[list[bytes]]:
    """A server for one request that gives `answer`, or stays silent for None. Yields what it was asked."""
    asked: list[bytes] = []
    done = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            asked.append(connection.recv(4096))
            if answer is None:
                done.wait(10)
            else:
                connection.sendall(answer)

    listener.listen()
    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield asked
    finally:
        done.set()
        thread.join()
        listener.close()


def on_unix(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    return listener


def test_an_engine_that_answers_tells_its_version_with_the_ping(tmp_path: Path) -> None:
    with listening(on_unix(tmp_path / "s"), PING) as asked:
        answer = get(Endpoint(f"unix://{tmp_path}/s", "test"), "/_ping")
    assert (answer.state, answer.status, answer.body) == ("answers", 200, b"OK")
    assert answer.headers["server"] == "Docker/26.1.5 (linux)"
    assert asked[0].startswith(b"GET /_ping HTTP/1.0\r\n")


def test_an_engine_on_tcp_is_asked_the_same_way() -> None:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    with listening(listener, PING):
        assert get(Endpoint(f"tcp://127.0.0.1:{port}", "test"), "/_ping").state == "answers"


def test_no_socket_is_told_apart_from_a_socket_that_nobody_serves(tmp_path: Path) -> None:
    on_unix(tmp_path / "left-over").close()
    assert get(Endpoint(f"unix://{tmp_path}/none", "test"), "/_ping").state == "absent"
    assert get(Endpoint(f"unix://{tmp_path}/left-over", "test"), "/_ping").state == "refused"


def test_an_engine_that_hangs_is_given_up_after_the_limit(tmp_path: Path) -> None:
    with listening(on_unix(tmp_path / "s"), None):
        answer = get(Endpoint(f"unix://{tmp_path}/s", "test"), "/_ping", limit_s=0.2)
    assert (answer.state, answer.detail) == ("silent", "no answer within 0.2 s")


@pytest.mark.parametrize("raw", [b"", b"SSH-2.0-OpenSSH\r\n", b"\x00\xff\x00", b"HTTP/1.1", b"HTTP/1.1 abc OK\r\n\r\n"])
def test_whatever_is_not_http_is_strange_and_no_crash(raw: bytes) -> None:
    assert read_answer(raw).state == "strange"


def test_an_error_status_is_no_answer_but_keeps_its_number() -> None:
    answer = read_answer(b'HTTP/1.1 404 Not Found\r\nX: y\r\n\r\n{"message":"no such image"}')
    assert (answer.state, answer.status) == ("strange", 404)


def test_a_tls_endpoint_that_speaks_plain_text_is_strange_and_no_crash() -> None:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    with listening(listener, PING):
        endpoint = Endpoint(f"tcp://127.0.0.1:{port}", "test", tls_folder="/nowhere", skip_verify=True)
        assert get(endpoint, "/_ping", limit_s=2).state == "strange"
