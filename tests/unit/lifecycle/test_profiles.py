"""The profiles that a service and what it depends on need."""

from __future__ import annotations

import pytest

from seatrial.errors import UnknownService, UsageError
from seatrial.lifecycle.profiles import checked, enabling, lacking
from seatrial.stack import Dependency, Service, Stack

STACK = Stack(
    "shop",
    (
        Service("db", profiles=("data", "all")),
        Service("api", depends_on=(Dependency("db"),)),
        Service("tools", profiles=("extra",), depends_on=(Dependency("api"),)),
    ),
)


def test_each_service_of_the_closure_gets_its_first_profile() -> None:
    assert lacking(STACK, ["tools"], ()) == {"db": "data", "tools": "extra"}


def test_a_profile_that_is_proposed_comes_with_those_that_it_needs() -> None:
    assert enabling(STACK) == (("data",), ("all",), ("extra", "data"))


def test_an_optional_dependency_enables_no_profile() -> None:
    edges = (Dependency("db", required=False),)
    optional = Stack("shop", (Service("db", profiles=("data",)), Service("api", depends_on=edges)))
    assert lacking(optional, ["api"], ()) == {}


@pytest.mark.parametrize("active", [("all",), ("data",), ("*",)])
def test_what_is_active_lacks_nothing(active: tuple[str, ...]) -> None:
    assert lacking(STACK, ["api"], active) == {}


def test_an_unknown_service_is_told() -> None:
    with pytest.raises(UnknownService):
        lacking(STACK, ["nope"], ())


@pytest.mark.parametrize(
    ("asked", "fix"),
    [("extar", "use extra"), ("nosuch", "use one of data, all, extra")],
)
def test_a_profile_that_no_service_is_in_is_told(asked: str, fix: str) -> None:
    with pytest.raises(UsageError) as told:
        checked(STACK, ["data", asked])
    assert told.value.what == f"no profile {asked}"
    assert told.value.fix == fix


def test_profiles_of_services_and_all_of_them_are_in_order() -> None:
    checked(STACK, ["data", "extra", "*"])
