"""A container is held to what was validated: its own environment, not the image's, and no other container's."""

from __future__ import annotations

import pytest

from seatrial.engine.observed import Container, Snapshot
from seatrial.env.secret import Secret
from seatrial.env.verify import Mismatch, mismatches

WANTED = {"web": {"LEVEL": Secret("info"), "TOKEN": Secret("hunter2hunter2")}}
GIVEN = {"LEVEL": "info", "TOKEN": "hunter2hunter2", "PATH": "/bin"}


def container(number: int = 1, *, service: str = "web", one_off: bool = False) -> Container:
    return Container(f"id{number}", f"shop-{service}-{number}", service, "running", one_off=one_off)


def found(actual: dict[str, str], known: tuple[str, ...] = ()) -> tuple[Mismatch, ...]:
    return mismatches(WANTED, Snapshot((container(),)), {"id1": actual}, known)


def test_what_was_validated_and_what_the_image_adds_is_no_mismatch() -> None:
    assert found(GIVEN) == ()


@pytest.mark.parametrize(
    ("actual", "told"),
    [
        ({**GIVEN, "LEVEL": "debug"}, "shop-web-1 has another value of LEVEL"),
        ({**GIVEN, "LEVEL": ""}, "shop-web-1 has another value of LEVEL"),
        ({"PATH": "/bin", "LEVEL": "info"}, "shop-web-1 lacks TOKEN"),
        ({"TOKEN": "x", "LEVEL": "x"}, "shop-web-1 has another value of LEVEL, TOKEN"),
        ({**GIVEN, "OLD": "x"}, "shop-web-1 still has OLD"),
        ({"TOKEN": "x", "OLD": ""}, "shop-web-1 has another value of TOKEN and lacks LEVEL and still has OLD"),
    ],
)
def test_each_kind_of_difference_is_told_by_name_and_never_by_value(actual: dict[str, str], told: str) -> None:
    (mismatch,) = found(actual, known=("LEVEL", "TOKEN", "OLD"))
    assert str(mismatch) == told
    assert "hunter2" not in repr(mismatch)


def test_a_variable_too_many_counts_only_when_it_is_one_of_the_projects() -> None:
    assert found({**GIVEN, "OLD": "x"}) == ()


def test_each_container_of_a_service_is_looked_at() -> None:
    snapshot = Snapshot((container(1), container(2)))
    (mismatch,) = mismatches(WANTED, snapshot, {"id1": GIVEN, "id2": {**GIVEN, "LEVEL": "x"}})
    assert mismatch.container == "shop-web-2"


def test_one_off_containers_others_and_those_that_are_gone_are_left_alone() -> None:
    snapshot = Snapshot((container(1, one_off=True), container(2, service="other"), container(3)))
    assert mismatches(WANTED, snapshot, {"id1": {}, "id2": {}}) == ()
