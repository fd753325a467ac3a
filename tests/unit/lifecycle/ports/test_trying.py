"""Ports are tried with real sockets, and only where the engine publishes them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from seatrial.engine.observed import Snapshot
from seatrial.lifecycle.plan import Plan, Step
from seatrial.lifecycle.ports.preflight import blocked
from seatrial.lifecycle.ports.trying import free, near
from seatrial.stack import Port, Service, Stack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LISTENS = (
    "import socket, sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); print('yes', flush=True);"
    " sys.stdin.read()"
)


@contextmanager
def bound(address: str, kind: socket.SocketKind = socket.SOCK_STREAM) -> Iterator[int]:
    """A socket on a port of the address that nobody else has; its number."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind) as one:
        try:
            one.bind((address, 0))
        except OSError:
            pytest.skip(f"{address} is not on this machine")
        if kind == socket.SOCK_STREAM:
            one.listen()
        yield one.getsockname()[1]


def test_each_address_family_is_tried_for_itself_and_both_where_no_address_is_given() -> None:
    with bound("::1") as port:
        assert not free("::1", port, "tcp")
        assert not free("", port, "tcp")
        assert free("127.0.0.1", port, "tcp")
        assert free("::1", port, "udp")
    with bound("127.0.0.1") as port:
        assert free("::1", port, "tcp")
        assert not free("", port, "tcp")


def test_udp_is_tried_as_udp() -> None:
    with bound("::1", socket.SOCK_DGRAM) as port:
        assert not free("::1", port, "udp")
        assert free("::1", port, "tcp")


@pytest.mark.parametrize("host", ["tcp://127.0.0.1:2375", "ssh://somebody@elsewhere"])
def test_ports_of_an_engine_on_another_machine_are_not_tried_here(host: str) -> None:
    plan = Plan((Step("create", "a", "no container"),))
    with bound("127.0.0.1") as port:
        stack = Stack("s", (Service("a", ports=(Port(80, str(port), "127.0.0.1"),)),))
        assert not blocked(stack, ["a"], plan, Snapshot(), {**os.environ, "DOCKER_HOST": host})


@pytest.mark.parametrize("there", [True, False])
def test_an_engine_counts_where_its_network_is_ours(there: bool, tmp_path: Path) -> None:
    """The second is the engine of a machine whose socket was given to the container that we run in."""
    way = tmp_path / "engine.sock"
    command = [sys.executable, "-c", LISTENS, str(way)]
    if not there:
        if os.geteuid():
            pytest.skip("only root may make a network")
        command = ["unshare", "--net", *command]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout is not None
        if engine.stdout.readline() != "yes\n":
            pytest.skip("this machine lets nobody make a network")
        assert near({**os.environ, "DOCKER_HOST": f"unix://{way}"}) is there
        engine.communicate()


def test_an_engine_that_is_not_there_says_nothing_about_ports(tmp_path: Path) -> None:
    assert not near({**os.environ, "DOCKER_HOST": f"unix://{tmp_path / 'engine.sock'}"})
