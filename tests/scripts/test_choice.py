from __future__ import annotations

import pytest
from base_image.choice import Keep, Make, Recorded, Wish, choose
from base_image.names import HUB_IMAGE, own_tag
from failure import USAGE, Failure

MUSL, GLIBC = own_tag("musl"), own_tag("glibc")
STAND_IN = Make("musl", MUSL, try_hub=True)


def test_with_nothing_recorded_the_registry_is_tried_before_a_stand_in() -> None:
    assert choose(Recorded(), Wish()) == STAND_IN


@pytest.mark.parametrize("image", [HUB_IMAGE, MUSL, GLIBC])
def test_a_recorded_image_that_is_there_is_kept(image: str) -> None:
    assert choose(Recorded(image, is_present=True), Wish()) == Keep()


def test_a_recorded_image_that_has_gone_is_made_again_with_its_own_libc() -> None:
    assert choose(Recorded(MUSL), Wish()) == STAND_IN
    assert choose(Recorded(GLIBC), Wish()) == Make("glibc", GLIBC, try_hub=False)
    assert choose(Recorded(HUB_IMAGE), Wish()) == STAND_IN


def test_a_stand_in_of_an_earlier_recipe_is_replaced_although_it_is_there() -> None:
    assert choose(Recorded("seatrial-base:22.1.0-musl-r1", is_present=True, label="musl"), Wish()) == STAND_IN
    old_glibc = Recorded("seatrial-base:22.1.0-glibc-r1", is_present=True, label="glibc")
    assert choose(old_glibc, Wish()) == Make("glibc", GLIBC, try_hub=False)


def test_asking_for_the_other_libc_makes_that_one() -> None:
    assert choose(Recorded(MUSL, is_present=True, label="musl"), Wish(libc="glibc")) == Make(
        "glibc", GLIBC, try_hub=False
    )
    assert choose(Recorded(GLIBC, is_present=True, label="glibc"), Wish(libc="musl")) == STAND_IN


def test_asking_for_the_libc_that_is_there_keeps_it() -> None:
    assert choose(Recorded(HUB_IMAGE, is_present=True), Wish(libc="musl")) == Keep()
    assert choose(Recorded(GLIBC, is_present=True, label="glibc"), Wish(libc="glibc")) == Keep()


def test_a_tag_of_ones_own_means_a_stand_in_and_no_registry() -> None:
    assert choose(Recorded(), Wish(tag="mine:1")) == Make("musl", "mine:1", try_hub=False)
    assert choose(Recorded("mine:1", is_present=True, label="musl"), Wish(tag="mine:1")) == Keep()
    assert choose(Recorded("mine:1"), Wish(tag="mine:1")) == Make("musl", "mine:1", try_hub=False)


def test_a_persons_own_choice_is_kept_and_remarked_on_only_where_it_is_absent() -> None:
    assert choose(Recorded("registry.example/node:24", is_present=True), Wish()) == Keep()
    kept = choose(Recorded("registry.example/node:24"), Wish())
    assert isinstance(kept, Keep)
    assert "registry.example/node:24" in (kept.remark or "")


@pytest.mark.parametrize("wish", [Wish(libc="glibc"), Wish(tag="other:1")])
def test_a_persons_own_choice_is_never_overwritten_even_on_request(wish: Wish) -> None:
    with pytest.raises(Failure, match="is your own choice") as caught:
        choose(Recorded("registry.example/node:24", is_present=True), wish)
    assert caught.value.code == USAGE


def test_base_image_in_the_environment_is_a_persons_choice_whatever_its_name() -> None:
    assert isinstance(choose(Recorded(MUSL, source="environment"), Wish()), Keep)


def test_an_unknown_libc_is_a_usage_error() -> None:
    with pytest.raises(Failure, match="--libc uclibc") as caught:
        choose(Recorded(), Wish(libc="uclibc"))
    assert caught.value.code == USAGE
