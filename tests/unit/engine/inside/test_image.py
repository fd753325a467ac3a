"""Which image the helper gets: what is there before what can be made, what can be made before any registry."""

from __future__ import annotations

from seatrial.engine.inside.image import Way, ways

PULL = Way("pulled", "busybox")


def test_a_busybox_that_is_there_is_taken_first_and_all_else_stays_a_way_out() -> None:
    assert ways("", {"busybox:latest", "busybox:1.36"}, can_assemble=True) == (
        Way("present", "busybox:1.36"),
        Way("present", "busybox:latest"),
        Way("assembled", "seatrial-helper:3"),
        PULL,
    )


def test_our_own_image_is_made_once() -> None:
    assert ways("", (), can_assemble=True) == (Way("assembled", "seatrial-helper:3"), PULL)
    assert ways("", {"seatrial-helper:3"}, can_assemble=True) == (Way("present", "seatrial-helper:3"), PULL)
    # Of an older recipe.
    assert ways("", {"seatrial-helper:0"}, can_assemble=True)[0].how == "assembled"


def test_where_none_can_be_made_a_registry_is_the_only_way() -> None:
    assert ways("", (), can_assemble=False) == (PULL,)


def test_a_configured_image_is_the_only_one() -> None:
    assert ways("mine:1", {"mine:1"}, can_assemble=True) == (Way("present", "mine:1"),)
    assert ways("mine:1", (), can_assemble=True) == (Way("pulled", "mine:1"),)
