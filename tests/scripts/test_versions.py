from __future__ import annotations

import pytest
from engine_host.check import engine_version, problems
from engine_host.http import Answer
from engine_host.versions import parse_version, problem_with

GOOD = {"client": "Docker version 28.2.2, build e6534b4", "compose": "2.26.1-4", "buildx": "buildx 0.13.1+ds1"}


def answer(server: str, api: str) -> Answer:
    return Answer("answers", status=200, headers={"server": server, "api-version": api})


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("26.1.5+dfsg1", (26, 1, 5)),
        ("v2.26.1-4", (2, 26, 1)),
        ("2.24.0-rc.1", (2, 24, 0)),
        ("github.com/docker/buildx 0.13.1+ds1 0.13.1+ds1-3", (0, 13, 1)),
        ("Docker version 28.2.2, build e6534b4", (28, 2, 2)),
        ("", None),
        ("unknown", None),
    ],
)
def test_versions_are_read_as_distributions_write_them(text: str, version: tuple[int, ...] | None) -> None:
    assert parse_version(text) == version


def test_the_minimum_itself_is_enough() -> None:
    assert [problem_with(name, text) for name, text in (("engine", "25.0"), ("compose", "2.24.0"))] == [None, None]


def test_what_is_too_old_names_what_was_found_and_what_is_needed() -> None:
    assert problem_with("compose", "2.23.3") == "compose 2.23.3 is too old (at least 2.24 is needed)"
    assert problem_with("engine", "20.10.24+dfsg1") == "engine 20.10.24 is too old (at least 25.0 is needed)"


def test_compose_2_9_is_older_than_2_24() -> None:
    assert problem_with("compose", "2.9.0") is not None


def test_what_is_missing_and_what_is_unreadable_are_told_apart() -> None:
    assert problem_with("buildx", None) == "buildx is missing (at least 0.10 is needed)"
    assert "no version this script can read: 'dev'" in (problem_with("buildx", "dev") or "")


def test_the_engines_version_comes_from_its_ping() -> None:
    assert engine_version(answer("Docker/26.1.5+dfsg1 (linux)", "1.45")) == "26.1.5+dfsg1"


def test_a_good_set_has_no_problems() -> None:
    assert problems(answer("Docker/26.1.5 (linux)", "1.45"), GOOD) == []


def test_every_problem_is_told_at_once() -> None:
    found = problems(answer("Docker/24.0.7 (linux)", "1.43"), {**GOOD, "compose": "2.20.0", "buildx": None})
    assert [text.split(" ")[0] for text in found] == ["engine", "compose", "buildx"]


def test_another_kind_of_engine_is_judged_by_the_api_that_it_speaks() -> None:
    assert problems(answer("Other/1.0 (linux)", "1.44"), GOOD) == []
    old = problems(answer("Libpod/4.9.3 (linux)", "1.41"), GOOD)
    assert old == ["the engine is Libpod/4.9.3 (linux) and speaks 1.41; API 1.44 (Docker Engine 25) is needed"]


def test_without_a_client_the_plugins_are_not_blamed() -> None:
    assert problems(Answer("absent"), {"client": None, "compose": None, "buildx": None}) == [
        "the docker client is missing"
    ]
