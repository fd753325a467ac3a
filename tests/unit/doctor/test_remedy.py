"""Changes of files as values, and what may come of them."""

from __future__ import annotations

from pathlib import Path

from seatrial.doctor.fixing.effect import beyond
from seatrial.doctor.fixing.remedy import Change, changed, meet

A, B = Path("/a"), Path("/b")


def test_several_changes_of_one_file_are_made_by_the_lines_that_it_had() -> None:
    text = "one\ntwo\nthree\n"
    changes = [Change(A, 0, 1), Change(A, 2, 0, ("between",)), Change(A, 3, 0, ("last",))]
    assert changed(text, changes) == "two\nbetween\nthree\nlast\n"


def test_a_last_line_without_an_end_stays_so_when_it_is_replaced() -> None:
    assert changed("one\ntwo", [Change(A, 1, 1, ("TWO",))]) == "one\nTWO"
    assert changed("one", [Change(A, 1, 0, ("two",))]) == "one\ntwo\n"


def test_a_new_file_has_its_lines() -> None:
    assert changed("", [Change(A, 0, 0, ("x", "y"))]) == "x\ny\n"


def test_changes_meet_when_they_are_about_one_line() -> None:
    assert meet([Change(A, 3, 1)], [Change(A, 3, 1)])
    assert meet([Change(A, 3, 1)], [Change(A, 2, 2)])
    assert not meet([Change(A, 3, 1)], [Change(B, 3, 1)])
    assert not meet([Change(A, 3)], [Change(A, 3)])
    assert not meet([Change(A, 4, 1)], [Change(A, 3, 1)])


def test_only_what_was_meant_may_differ() -> None:
    before = {"services": {"a": {"image": "x"}, "b": {"image": "y"}}}
    after = {"services": {"a": {"image": "x", "logging": {"options": {"max-size": "10m"}}}, "b": {"image": "y"}}}
    assert beyond(before, after, ["services.a.logging"]) == ""
    assert beyond(before, after, ["services.a"]) == ""
    assert beyond(before, after, []) == "it would change services.a.logging too"
    assert beyond(before, before, []) == ""
    assert beyond(before, before, ["services.a.logging"]) == "it has no effect on services.a.logging"


def test_a_service_that_is_lost_is_noticed() -> None:
    before = {"services": {"a": {"image": "x"}, "b": {"image": "y"}}}
    assert "services.b" in beyond(before, {"services": {"a": {"image": "x", "init": True}}}, ["services.a"])


def test_what_is_only_there_to_be_referred_to_may_differ() -> None:
    assert beyond({"x-check": {}}, {"x-check": {"start_period": "30s"}}, []) == ""
