"""Every way by which an image gets into another one."""

from __future__ import annotations

import pytest

from seatrial.lifecycle.building.bases import bases


def of(dockerfile: str, **build: object) -> tuple[str, ...]:
    return bases(build, dockerfile, lambda name: f"shop-{name}").images


@pytest.mark.parametrize(
    ("dockerfile", "images"),
    [
        ("FROM shop-base", ("shop-base",)),
        ("FROM --platform=$BUILDPLATFORM shop-base:1 AS a\nFROM a\nCOPY --from=a /x /x", ("shop-base:1",)),
        ("FROM scratch\nCOPY --from=shop-base /x /x\nCOPY --from=0 /y /y", ("shop-base",)),
        ("FROM node\nRUN --mount=type=bind,from=shop-base,target=/b ls", ("node", "shop-base")),
        ("ARG BASE=shop-base\nFROM ${BASE}", ("shop-base",)),
        ("ARG TAG\nFROM shop-base:${TAG:-dev}", ("shop-base:dev",)),
        ("ARG BASE\nFROM $BASE", ()),
        ("from \\\n  shop-base as X\nFROM x", ("shop-base",)),
    ],
)
def test_images_that_a_dockerfile_names(dockerfile: str, images: tuple[str, ...]) -> None:
    assert of(dockerfile) == images


def test_an_argument_and_an_additional_context_name_images_too() -> None:
    assert of("ARG BASE=node\nFROM $BASE", args={"BASE": "shop-base"}) == ("shop-base",)
    assert of("FROM base", additional_contexts={"base": "service:base"}) == ("shop-base",)
    assert of("FROM x\nCOPY --from=b / /", additional_contexts={"b": "docker-image://node:24"}) == ("x", "node:24")


def test_folders_are_compared_and_what_is_elsewhere_is_named() -> None:
    contexts = {"shared": "/src/shared", "git": "https://example.com/x.git", "unused": "/src/unused"}
    found = bases({"additional_contexts": contexts}, "FROM x\nCOPY --from=shared a .\nCOPY --from=git b .", str)
    assert found.folders == {"shared": "/src/shared"}
    assert found.elsewhere == ("https://example.com/x.git",)
