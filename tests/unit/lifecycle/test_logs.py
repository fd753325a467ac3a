"""Lines of many containers in one order."""

from __future__ import annotations

import pytest

from seatrial.engine.memory import MemoryEngine, Script
from seatrial.engine.observed import Container, Snapshot
from seatrial.errors import UsageError
from seatrial.lifecycle.logs import Entry, Reorder, check_range, chosen, so_far
from seatrial.stack import Service, Stack


def entry(time: str, text: str = "") -> Entry:
    return Entry(time, "c", "a", text or time)


def test_a_line_that_comes_late_still_goes_before_a_later_one() -> None:
    order = Reorder(hold_s=0.1)
    order.put(entry("2"), now=0.00)
    order.put(entry("1"), now=0.05)
    assert list(order.due(now=0.09)) == []
    assert [e.time for e in order.due(now=0.11)] == ["1", "2"]


def test_lines_of_one_moment_keep_the_order_in_which_they_came() -> None:
    order = Reorder(hold_s=0)
    for text in ("z", "a", "m"):
        order.put(entry("1", text), now=0)
    assert [e.text for e in order.due(now=0)] == ["z", "a", "m"]


def test_a_line_is_held_no_longer_than_needed() -> None:
    order = Reorder(hold_s=0.1)
    order.put(entry("1"), now=0)
    order.put(entry("2"), now=0.1)
    assert [e.time for e in order.due(now=0.15)] == ["1"]
    assert [e.time for e in order.due(now=0.25)] == ["2"]


def test_what_was_logged_so_far_is_merged() -> None:
    stack = Stack("shop", (Service("a"), Service("b")))
    engine = MemoryEngine(stack, {"a": Script(log=("a0", "a1")), "b": Script(log=("b0", "b1"))})
    containers = [Container(f"{n}", f"shop-{n}-1", n, "running") for n in ("a", "b")]
    engine.containers = {c.id: c for c in containers}
    told = [e.text for e in so_far(engine, containers, since="", tail="all")]
    assert told == ["a0", "b0", "a1", "b1"]


def test_one_off_containers_are_left_out_and_services_can_be_chosen() -> None:
    once = Container("o", "shop-a-run-1", "a", "exited", one_off=True)
    a, b = Container("a", "shop-a-1", "a", "running"), Container("b", "shop-b-1", "b", "running")
    assert chosen(Snapshot((once, b, a)), ()) == (a, b)
    assert chosen(Snapshot((once, b, a)), ("b",)) == (b,)
    assert chosen(Snapshot((once, b, a)), (), {"b"}) == (a,)
    assert chosen(Snapshot((once, b, a)), ("b",), {"b"}) == (b,)


@pytest.mark.parametrize("since", ["", "10m", "1h30m", "2026-01-31", "2026-01-31T12:00:00Z", "1700000000", "1.5s"])
def test_times_and_ages_that_the_engine_knows_are_let_through(since: str) -> None:
    check_range(since, "all")


@pytest.mark.parametrize(("since", "tail"), [("yesterday", "all"), ("10 minutes", "all"), ("", "x"), ("", "-1")])
def test_what_the_engine_would_refuse_is_refused_before(since: str, tail: str) -> None:
    with pytest.raises(UsageError):
        check_range(since, tail)
