"""Which ports are wanted, which of them are in the way, and which are taken instead: values in, values out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from seatrial.engine.observed import Address, Container, Snapshot
from seatrial.lifecycle.ports.choice import choose
from seatrial.lifecycle.ports.culprit import command
from seatrial.lifecycle.ports.memory import Move
from seatrial.lifecycle.ports.moving import with_moves
from seatrial.lifecycle.ports.override import text
from seatrial.lifecycle.ports.preflight import taken
from seatrial.lifecycle.ports.wanted import Wish, clashes, wishes
from seatrial.stack import Port, Service, Stack

if TYPE_CHECKING:
    from collections.abc import Callable


def only(*busy: int) -> Callable[[str, int, str], bool]:
    return lambda _, port, __: port not in busy


def running(service: str, port: int) -> Container:
    return Container("1" * 64, service, service, "running", addresses=(Address("", port, 80),))


def test_ports_that_the_engine_picks_and_services_without_containers_want_nothing() -> None:
    stack = Stack(
        "s",
        (
            Service("a", ports=(Port(80, ""), Port(81, "8081"), Port(82, "9000-9002", "[::1]", "udp"))),
            Service("off", ports=(Port(80, "8080"),), replicas=0),
        ),
    )
    assert wishes(stack, stack.names) == (
        Wish("a", 8081, 8081, 81),
        Wish("a", 9000, 9002, 82, "::1", "udp"),
    )


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        (Wish("a", 80, 80, 1), Wish("b", 80, 80, 1), True),
        (Wish("a", 80, 80, 1, "127.0.0.1"), Wish("b", 80, 80, 1, ""), True),
        (Wish("a", 80, 80, 1, "127.0.0.1"), Wish("b", 80, 80, 1, "127.0.0.2"), False),
        (Wish("a", 80, 80, 1, "127.0.0.1"), Wish("b", 80, 80, 1, "::1"), False),
        (Wish("a", 80, 80, 1), Wish("b", 80, 80, 1, protocol="udp"), False),
        (Wish("a", 80, 80, 1), Wish("b", 80, 82, 1), False),
        (Wish("a", 80, 80, 1), Wish("b", 81, 81, 1), False),
    ],
)
def test_two_services_clash_over_one_place_alone(one: Wish, other: Wish, clash: bool) -> None:
    assert bool(list(clashes([one, other]))) is clash


def test_containers_of_one_service_need_a_range_as_long_as_they_are_many() -> None:
    assert [c.wish for c in clashes([Wish("a", 80, 80, 1, count=2)])] == [Wish("a", 80, 80, 1, count=2)]
    assert list(clashes([Wish("a", 80, 81, 1, count=2)])) == []


def test_a_taken_port_is_no_trouble_when_it_is_given_back_first() -> None:
    wish = Wish("a", 80, 80, 1)
    assert [t.port for t in taken([wish], Snapshot(), (), only(80))] == [80]
    assert taken([wish], Snapshot((running("a", 80),)), (), only(80)) == ()
    assert [t.port for t in taken([wish], Snapshot((running("b", 80),)), (), only(80))] == [80]
    assert taken([wish], Snapshot((running("b", 80),)), ("b",), only(80)) == ()
    once = replace(running("a", 80), one_off=True)  # `run --service-ports` keeps it when `a` is made again
    assert [t.port for t in taken([wish], Snapshot((once,)), ("a",), only(80))] == [80]


def test_of_a_range_as_many_must_be_free_as_there_are_containers() -> None:
    wish = Wish("a", 80, 82, 1, count=2)
    assert taken([wish], Snapshot(), (), only(81)) == ()
    assert [t.port for t in taken([wish], Snapshot(), (), only(80, 82))] == [82]


def test_the_same_checkout_gets_the_same_port_and_another_gets_another() -> None:
    web = Wish("web", 8080, 8080, 80)
    first = choose([web], "/a", (), only())[web]
    assert first is not None
    assert first == choose([web], "/a", (), only())[web] != choose([web], "/b", (), only())[web]
    assert (first % 100, 10_000 <= first < 30_000) == (80, True)


def test_what_others_remember_and_what_is_in_use_is_left_to_them() -> None:
    web, admin = Wish("web", 8080, 8080, 80), Wish("admin", 28080, 28080, 80)  # their guesses are the same
    first = choose([web], "/a", (), only())[web]
    assert first is not None
    assert choose([web], "/a", (first,), only())[web] == choose([web], "/a", (), only(first))[web] != first
    both = choose([web, admin], "/a", (), only())
    assert both[web] != both[admin]


def test_a_range_moves_as_a_block_and_without_a_free_port_nothing_does() -> None:
    wish = Wish("a", 9000, 9002, 80)
    first = choose([wish], "/a", (), only())[wish]
    assert first is not None
    other = choose([wish], "/a", (first + 2,), only())[wish]
    assert other is not None
    assert first + 2 not in range(other, other + 3)
    assert choose([wish], "/a", (), lambda *_: False)[wish] is None


def test_a_move_stays_until_its_own_port_is_asked_for_again() -> None:
    web, db = Wish("web", 80, 80, 80), Wish("db", 5432, 5432, 5432)
    first = with_moves((), [web, db], (), "/a", only())
    again = with_moves(first, [web], (), "/a", only())
    assert again[0] == first[1]
    assert again[1].key == first[0].key
    assert again[1].published != first[0].published


def test_the_override_keeps_what_is_not_moved_and_leaves_other_services_alone() -> None:
    udp = {"mode": "ingress", "host_ip": "127.0.0.1", "target": 53, "published": "53", "protocol": "udp"}
    web = {"mode": "ingress", "target": 80, "published": "8080", "protocol": "tcp"}
    resolved = json.dumps({"services": {"a": {"ports": [web, udp]}, "b": {"ports": [web]}, "c": {}}})
    moves = (Move("a", 80, "8080", "18080"), Move("gone", 80, "8080", "18081"))
    (line,) = [line for line in text(resolved, moves, "/x").splitlines() if "!override" in line]
    assert json.loads(line.partition("!override ")[2]) == [{**web, "published": "18080"}, udp]
    assert '"b"' not in text(resolved, moves, "/x")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["/usr/bin/node", "/srv/server.js", "--token=abc"], "node server.js"),
        (["python3", "-m", "http.server", "80"], "node -m http.server"),
        (["mysqld", "-pabc"], "node"),
        (["prog", "PASSWORD=abc"], "node"),
        (["redis"], "node"),
    ],
)
def test_of_a_command_line_nothing_is_shown_that_may_be_secret(arguments: list[str], told: str) -> None:
    assert command("node", arguments) == told
