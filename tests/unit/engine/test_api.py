"""The Docker Engine API over a socket: what the engine says is told in our words, whatever it does."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from email.utils import formatdate
from typing import TYPE_CHECKING

import pytest

from seatrial.engine.api import connection
from seatrial.engine.api.calls import Api
from seatrial.engine.api.connection import Connections
from seatrial.engine.api.multiplexed import text
from seatrial.errors import EngineUnreachable, RunFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def answering(tmp_path: Path) -> Iterator[Callable[[bytes], str]]:
    """Makes engines that give the same answer to everything, and hang up; their sockets."""
    doors: list[socket.socket] = []

    def make(answer: bytes) -> str:
        door = socket.socket(socket.AF_UNIX)
        doors.append(door)
        path = str(tmp_path / f"{len(doors)}.sock")
        door.bind(path)
        door.listen()

        def serve() -> None:
            with suppress(OSError):
                while True:
                    with door.accept()[0] as client:
                        client.recv(65536)
                        client.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        return path

    yield make
    for door in doors:
        with suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)
        door.close()


def said(status: str, body: str, *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


def test_a_refusal_is_told_in_the_engines_words(answering: Callable[[bytes], str]) -> None:
    api = Api(answering(said("500 Internal", '{"message": "driver failed: port is already allocated"}')))
    with pytest.raises(RunFailed) as told:
        api.start("abc")
    assert "port is already allocated" in "".join(told.value.detail)


def test_what_is_gone_is_not_among_the_answers(answering: Callable[[bytes], str]) -> None:
    assert Api(answering(said("404 Not Found", '{"message": "no such container"}'))).inspected(["abc"]) == "[]"


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{", b"hello\r\n"])
def test_half_an_answer_is_no_engine(answering: Callable[[bytes], str], answer: bytes) -> None:
    with pytest.raises(EngineUnreachable):
        Api(answering(answer)).version()


def test_no_socket_is_no_engine(tmp_path: Path) -> None:
    with pytest.raises(EngineUnreachable) as told:
        Api(str(tmp_path / "none.sock")).version()
    assert "DOCKER_HOST" in told.value.fix


def test_an_engine_that_answers_nothing_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PING_AFTER_S", 0.1)
    monkeypatch.setattr(connection, "PING_LIMIT_S", 0.1)
    path = str(tmp_path / "silent.sock")
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen()
        with pytest.raises(EngineUnreachable, match=f"{path} has not answered for 0.2 s"):
            Connections(path).json("/containers/json", limit_s=60)


def test_an_engine_that_answers_a_ping_may_take_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PING_AFTER_S", 0.05)
    path = str(tmp_path / "slow.sock")
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen()

        def serve() -> None:
            with door.accept()[0] as slow, door.accept()[0] as ping:
                ping.recv(65536)
                ping.sendall(said("200 OK", "OK"))
                slow.recv(65536)
                slow.sendall(said("200 OK", "[]"))

        threading.Thread(target=serve, daemon=True).start()
        assert Connections(path).json("/containers/json", limit_s=60) == []


def test_an_engine_in_another_time_is_noticed(answering: Callable[[bytes], str]) -> None:
    later = answering(said("200 OK", "{}", f"Date: {formatdate(time.time() + 3600, usegmt=True)}"))
    same = answering(said("200 OK", "{}", f"Date: {formatdate(usegmt=True)}"))
    offsets = []
    for path in (later, same, answering(said("200 OK", "{}", "Date: yesterday"))):
        engine = Connections(path)
        engine.json("/version", limit_s=5)
        offsets.append(engine.offset_s)
    assert offsets == [pytest.approx(3600, abs=2), 0.0, 0.0]


def test_two_streams_in_one_are_read_in_their_order() -> None:
    framed = b"\x01\0\0\0\0\0\0\x03out" + b"\x02\0\0\0\0\0\0\x04err\n"
    assert text(framed) == "outerr\n"
    assert text(framed[:-2]) == "outer"
    assert text(b"") == ""
