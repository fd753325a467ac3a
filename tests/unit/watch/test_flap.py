"""A service that wakes its own watch is left alone for a while."""

from __future__ import annotations

from seatrial.watch.flap import HOLD_S, OFTEN, WITHIN_S, Flap
from seatrial.watch.happenings import Held
from seatrial.watch.wishes import Wishes


def test_a_person_who_saves_often_is_never_held() -> None:
    flap = Flap()
    assert [flap.consider([f"/src/{n}"], n * 1.0) for n in range(50)] == [0.0] * 50


def test_the_same_path_over_and_over_is_held_and_for_longer_each_time() -> None:
    flap = Flap()
    assert [flap.consider(["/src/out.js"], n * 1.0) for n in range(OFTEN)] == [0.0] * OFTEN
    assert flap.consider(["/src/out.js"], 7.0) == HOLD_S
    assert [flap.consider(["/src/out.js"], 20.0 + n) for n in range(OFTEN)] == [0.0] * OFTEN
    assert flap.consider(["/src/out.js"], 27.0) == 2 * HOLD_S


def test_after_a_calm_time_it_is_as_if_nothing_had_been() -> None:
    flap = Flap()
    for n in range(OFTEN + 1):
        flap.consider(["/a"], n * 1.0)
    late = 100 + WITHIN_S
    assert [flap.consider(["/a"], late + n) for n in range(OFTEN)] == [0.0] * OFTEN
    assert flap.consider(["/a"], late + OFTEN) == HOLD_S


def test_what_is_held_waits_and_is_told_once() -> None:
    told: list[Held] = []
    wishes = Wishes(told.append)
    for n in range(OFTEN):
        wishes.want("web", ["/a"])
        assert wishes.take((), float(n)) == {"web": ("/a",)}
    wishes.want("web", ["/a"])
    assert wishes.take((), 6.5) == {}
    assert told == [Held("web", ("/a",), HOLD_S)]
    assert wishes.due_at(()) == 6.5 + HOLD_S
    assert wishes.take((), 6.5 + HOLD_S) == {"web": ("/a",)}


def test_what_is_wanted_meanwhile_becomes_one_more() -> None:
    wishes = Wishes(lambda _: None)
    wishes.want("web", ["/a"])
    wishes.want("web", ["/b"])
    wishes.want("web", ["/a"])
    assert wishes.take(("web",), 0.0) == {}
    assert wishes.due_at(("web",)) is None
    assert wishes.take((), 0.0) == {"web": ("/a", "/b")}
    assert wishes.due_at(()) is None
