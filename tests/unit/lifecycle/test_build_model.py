"""Images are built in the order that they need, which is not that of `depends_on`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from seatrial.lifecycle.building.model import build_model, built_on
from seatrial.lifecycle.plan import Plan, Step, with_bases_first
from seatrial.stack import parse

if TYPE_CHECKING:
    from collections.abc import Mapping


def edges(dockerfile: str | None, **section: Any) -> list[str]:
    """What `web`, which depends on `base`, is built after."""
    services = {
        "base": {"build": {"context": "/base"}},
        "web": {
            "build": {"context": "/web", **section},
            "depends_on": {"base": {}, "db": {}},
            "environment": {"A": "1"},
        },
        "db": {"image": "x"},
    }
    stack = parse(json.dumps({"name": "shop", "services": services}))

    def text(build: Mapping[str, Any]) -> str | None:
        return dockerfile if build["context"] == "/web" else "FROM x"

    model = json.loads(build_model(stack, ["base", "web"], text))
    assert set(model["services"]) == {"base", "web"}
    assert set(model["services"]["web"]) <= {"build", "depends_on", "image"}
    return list(model["services"]["web"].get("depends_on", {}))


@pytest.mark.parametrize(
    "dockerfile", ["FROM node:24", "ARG BASE=node:24\nFROM ${BASE}", "FROM $BASE AS build\nCOPY --from=build /x /y"]
)
def test_who_is_started_first_says_nothing_about_images(dockerfile: str) -> None:
    assert edges(dockerfile) == []


@pytest.mark.parametrize(
    "dockerfile",
    [
        "FROM shop-base",
        "FROM node\nCOPY --from=shop-base:latest /x /x",
        "FROM --platform=linux/amd64 ${NAME}-base",
        None,
    ],
)
def test_one_that_is_built_from_another_or_may_be_waits_for_it(dockerfile: str | None) -> None:
    assert edges(dockerfile) == ["base"]


def test_the_name_may_come_by_an_argument() -> None:
    assert edges("ARG BASE\nFROM $BASE", args={"BASE": "shop-base"}) == ["base"]


def test_contexts_that_are_services_are_put_in_order_by_compose() -> None:
    services = {"web": {"build": {"context": "/web", "additional_contexts": {"base": "service:base"}}}}
    stack = parse(json.dumps({"name": "shop", "services": services}))
    assert build_model(stack, ["web"], lambda _: "FROM base") == ""


def test_one_that_is_built_from_another_waits_for_it_without_a_dependency() -> None:
    services = {"app": {"build": {"context": "/app"}}, "base": {"build": {"context": "/base"}, "image": "own/base"}}
    stack = parse(json.dumps({"name": "shop", "services": services}))
    texts = {"/app": "FROM own/base", "/base": "FROM x"}
    model = json.loads(build_model(stack, ["app", "base"], lambda build: texts[build["context"]]))
    assert list(model["services"]["app"]["depends_on"]) == ["base"]
    assert "depends_on" not in model["services"]["base"]


@pytest.mark.parametrize(
    ("platform", "to_run"), [({"platform": "linux/arm64"}, ["linux/arm64"]), ({}, [])], ids=["of service", "builder's"]
)
def test_an_image_that_is_run_here_is_built_for_one_platform(platform: dict[str, str], to_run: list[str]) -> None:
    section = {"context": "/web", "platforms": ["linux/amd64", "linux/arm64"]}
    stack = parse(json.dumps({"name": "shop", "services": {"web": {"build": section, **platform}}}))
    for all_platforms, platforms in ((False, to_run), (True, section["platforms"])):
        model = json.loads(build_model(stack, ["web"], lambda _: "FROM x", all_platforms=all_platforms))
        assert model["services"]["web"]["build"]["platforms"] == platforms


def test_a_plan_builds_an_image_before_those_that_start_from_it() -> None:
    services = {
        "api": {"build": {"context": "/api"}, "image": "shop-api"},
        "mid": {"build": {"context": "/mid"}, "image": "shop-mid:latest"},
        "base": {"build": {"context": "/base"}, "image": "shop-base"},
    }
    texts = {"/api": "FROM shop-mid", "/mid": "FROM shop-base:latest", "/base": "FROM x"}
    on = built_on(parse(json.dumps({"name": "s", "services": services})), lambda build: texts[build["context"]])
    assert on == {"api": ["mid"], "mid": ["base"], "base": []}
    steps = [Step(action, name, "x") for name in services for action in ("build", "create")]
    order = [f"{step.action} {step.subject}" for step in with_bases_first(Plan(tuple(steps)), on).steps]
    assert order == ["build base", "build mid", "build api", "create api", "create mid", "create base"]
    circle = with_bases_first(Plan(tuple(steps)), {"api": ["base"], "base": ["api"]})
    assert sorted(map(str, circle.steps)) == sorted(map(str, steps))
