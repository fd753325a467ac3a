"""Which archives are asked for: few, and without what nobody wants."""

from __future__ import annotations

from seatrial.watch.sync.archived import roots


def test_few_are_fetched_one_by_one_and_many_with_their_folder() -> None:
    assert roots(["/app/a", "/app/b"]) == ["/app/a", "/app/b"]
    assert roots([f"/app/f{number}" for number in range(30)]) == ["/app"]


def test_a_neighbour_that_nobody_wants_is_not_fetched() -> None:
    wanted = [f"/app/src/f{number}" for number in range(30)] + ["/app/package.json", "/app/lib/a"]
    assert roots(wanted) == ["/app/src", "/app/package.json", "/app/lib/a"]


def test_the_whole_root_is_never_fetched() -> None:
    assert "/" not in roots([f"/f{number}" for number in range(50)])
    assert roots([*(f"/a/{number}" for number in range(30)), "/b/x"]) == ["/a", "/b/x"]
