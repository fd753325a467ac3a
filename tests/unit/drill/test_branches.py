"""Which services may be disturbed at the same time."""

from __future__ import annotations

import pytest

from seatrial.drill.run import branches, chosen
from seatrial.errors import UsageError
from seatrial.stack import Dependency, Service, Stack


def stack(**edges: str) -> Stack:
    """`web="api db"`: web depends on both."""
    return Stack(
        "shop",
        tuple(
            Service(name, depends_on=tuple(Dependency(other, "service_started") for other in others.split()))
            for name, others in edges.items()
        ),
    )


@pytest.mark.parametrize(
    ("edges", "groups"),
    [
        ({"a": "", "b": ""}, [("a",), ("b",)]),
        ({"a": "b", "b": ""}, [("a", "b")]),
        ({"a": "c", "b": "c", "c": "", "d": ""}, [("a", "b", "c"), ("d",)]),
        ({"a": "b", "b": "", "c": "d", "d": "", "e": "b d"}, [("a", "b", "c", "d", "e")]),
        ({"a": "gone"}, [("a",)]),
        ({}, []),
    ],
)
def test_services_that_a_dependency_joins_are_never_disturbed_together(
    edges: dict[str, str], groups: list[tuple[str, ...]]
) -> None:
    found = branches(stack(**edges), list(edges))
    assert sorted(found) == groups


def test_two_that_are_joined_by_a_third_stay_together_when_that_is_not_chosen() -> None:
    assert branches(stack(a="c", b="c", c=""), ["a", "b"]) == (("a", "b"),)


def test_an_unknown_drill_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UsageError) as refusal:
        chosen(["gracefull-stop"])
    assert "graceful-stop" in str(refusal.value.fix)


def test_the_default_set_is_without_what_takes_long() -> None:
    assert "signal-path" not in [drill.name for drill in chosen([])]
    assert "signal-path" in [drill.name for drill in chosen([], deep=True)]
    assert [drill.name for drill in chosen(["signal-path"])] == ["signal-path"]
