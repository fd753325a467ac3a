"""Lines are put into compose files at the right place, and every other byte stays."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from seatrial.doctor.compose_file import insertion
from seatrial.doctor.fixing.remedy import changed
from seatrial.engine import compose_text

FILE = Path("/shop/compose.yaml")
NEW = {"start_period": "30s"}


def edited(text: str, *path: str, after: str = "", entries: dict[str, str] = NEW) -> str | None:
    parsed = compose_text.parse(FILE, "compose.yaml", text)
    found = compose_text.holder((parsed,), *path)
    assert found
    change = insertion.added(*found, entries, after=after)
    return None if change is None else changed(text, [change])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:\n  b: 1\n", "a:\n  b: 1\n  start_period: 30s\n"),
        ("a:\n  b: 1 # why\n\n# next\nc: 2\n", "a:\n  b: 1 # why\n  start_period: 30s\n\n# next\nc: 2\n"),
        ("a:\n    b: 1", "a:\n    b: 1\n    start_period: 30s\n"),
        ("a:\r\n  b: 1\r\n", "a:\r\n  b: 1\r\n  start_period: 30s\r\n"),
        ("a:\n  b:\n    - 1\n    - 2\n", "a:\n  b:\n    - 1\n    - 2\n  start_period: 30s\n"),
        ("a:\n  b:\n  - 1\n", "a:\n  b:\n  - 1\n  start_period: 30s\n"),
        ("a: {b: 1}\n", "a: {b: 1, start_period: 30s}\n"),
        ("a: {b: 1, }  # x\n", "a: {b: 1, start_period: 30s}  # x\n"),
        ("a: {\n  b: 1\n}\n", None),
        (
            "a:\n  c: 1\n  b: |\n    text\n    # text\n",
            "a:\n  c: 1\n  start_period: 30s\n  b: |\n    text\n    # text\n",
        ),
        ("x: &x\n  c: 1\na:\n  b: 1\n  d: *x\n", "x: &x\n  c: 1\na:\n  b: 1\n  d: *x\n  start_period: 30s\n"),
        ("x: &x {c: 1}\na:\n  <<: *x\n", "x: &x {c: 1}\na:\n  <<: *x\n  start_period: 30s\n"),
        ("a: &a\n  b: 'ä }'\n", "a: &a\n  b: 'ä }'\n  start_period: 30s\n"),
        ("a:\n  b: >-\n    words\n", "a:\n  start_period: 30s\n  b: >-\n    words\n"),
    ],
)
def test_an_entry_is_put_behind_the_last_one(before: str, after: str | None) -> None:
    assert edited(before, "a") == after
    if after:
        assert yaml.safe_load(after)["a"] == {**yaml.safe_load(before)["a"], **NEW}


def test_it_is_put_behind_the_entry_that_is_asked_for() -> None:
    text = "a:\n  interval: 10s\n  test: [CMD, x]\n"
    assert edited(text, "a", after="interval") == "a:\n  interval: 10s\n  start_period: 30s\n  test: [CMD, x]\n"


def test_a_mapping_behind_an_alias_is_changed_where_its_anchor_is() -> None:
    text = "x-check: &check\n  test: a\nservices:\n  web:\n    healthcheck: *check\n"
    assert edited(text, "services", "web", "healthcheck") == text.replace("test: a", "test: a\n  start_period: 30s")


def test_what_is_merged_in_is_found() -> None:
    text = "x: &x\n  healthcheck: {test: a}\nservices:\n  web:\n    <<: *x\n"
    assert edited(text, "services", "web", "healthcheck") == text.replace("test: a}", "test: a, start_period: 30s}")


def test_an_own_entry_counts_before_one_that_is_merged_in() -> None:
    text = "x: &x {image: other}\nservices:\n  web:\n    <<: *x\n    image: own\n"
    parsed = compose_text.parse(FILE, "compose.yaml", text)
    assert compose_text.place((parsed,), "services", "web", "image") == ("compose.yaml:5",)


def test_an_empty_mapping_and_what_is_no_mapping_are_left_to_a_person() -> None:
    assert edited("a: {}\n", "a") is None
    parsed = compose_text.parse(FILE, "compose.yaml", "a: text\n")
    assert compose_text.holder((parsed,), "a") is None


def test_of_several_files_the_last_that_has_it_counts() -> None:
    first = compose_text.parse(FILE, "compose.yaml", "services:\n  a:\n    image: x\n")
    second = compose_text.parse(FILE, "compose.override.yaml", "services:\n  a:\n    image: y\n")
    third = compose_text.parse(FILE, "third.yaml", "services: {b: {image: y}}\n")
    assert compose_text.place((first, second, third), "services", "a", "image") == ("compose.override.yaml:3",)


@pytest.mark.parametrize("text", ["a: [b\n", "\t", "- a\n", "", "a: &a [*a, *b]"])
def test_what_is_no_compose_file_has_nothing_in_it(text: str) -> None:
    parsed = compose_text.parse(FILE, "compose.yaml", text)
    assert compose_text.place((parsed,), "services", "a") == ()
    assert compose_text.holder((parsed,), "services") is None


def test_a_list_of_several_files_is_joined_as_compose_joins_it() -> None:
    first = compose_text.parse(FILE, "a.yaml", "x: &x {p: 1, q: null}\nl:\n- {<<: *x, p: 2}\n")
    second = compose_text.parse(FILE, "b.yaml", "l:\n\n- [3]\n")
    found = (("a.yaml:3", {"p": "2", "q": None}), ("b.yaml:3", ["3"]))
    assert compose_text.items([first, second], "l") == found
    assert compose_text.names([first, second]) == ("x", "l")
    assert compose_text.items([first, compose_text.parse(FILE, "c.yaml", "l: !override\n- 4\n")], "l") == (
        ("c.yaml:2", "4"),
    )
    assert compose_text.items([first, compose_text.parse(FILE, "c.yaml", "l: !reset []\n")], "l") == ()
