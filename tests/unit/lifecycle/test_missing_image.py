"""An image that cannot be had: its name, and where that is given."""

from __future__ import annotations

import json

import pytest

from seatrial.engine import UpRequest, translate
from seatrial.engine.observed import Made, Snapshot
from seatrial.errors import ImageMissing
from seatrial.lifecycle.image_step import is_for
from seatrial.lifecycle.missing_image import located, refused
from seatrial.lifecycle.up import Wanted, plan_up
from seatrial.stack import Stack, parse

HERE = "is not on this machine and cannot be pulled"


def stack(**services: object) -> Stack:
    return parse(json.dumps({"name": "shop", "services": services}))


WEB = {"image": "shop/web:1"}
API = {"build": {"context": "/p", "args": {"BASE": "shop/base:2"}}}
DB = {"build": {"context": "/q"}, "image": "shop/db:1"}


def none_here(_names: list[str]) -> dict[str, Made]:
    return {}


@pytest.mark.parametrize(
    ("image", "service", "services", "told", "where"),
    [
        ("", "web", {"web": WEB}, "shop/web:1", "`image:` of web"),
        ("shop/web:1", "", {"web": WEB, "two": WEB}, "shop/web:1", "`image:` of web, two"),
        ("docker.io/shop/base:2", "", {"api": API, "web": WEB}, "shop/base:2", "the build argument BASE of api"),
        ("docker.io/library/node:1", "", {"db": DB}, "node:1", "`FROM` of what db is built from"),
        ("docker.io/library/node:1", "", {"db": DB, "api": API}, "node:1", "its name"),
    ],
)
def test_it_is_told_where_its_name_is_given(
    image: str, service: str, services: dict[str, object], told: str, where: str
) -> None:
    error = located(ImageMissing("?", fix="?", image=image, service=service), stack(**services), none_here)
    assert error.what == f"the image {told} {HERE}"
    assert error.fix.startswith(f"correct {where}, log in")


def test_what_the_engine_says_is_told_once() -> None:
    said = (
        ' web Pulling \n web Error Get "https://hub.example/v2/": dial tcp: lookup hub.example: no such host\n'
        'Error response from daemon: Get "https://hub.example/v2/": dial tcp: lookup hub.example: no such host'
    )
    error = translate.failure(said, doing="make the containers")
    assert isinstance(error, ImageMissing)
    assert located(error, stack(web=WEB), none_here).what == f"the image shop/web:1 {HERE}"
    assert error.detail == ('Get "https://hub.example/v2/": dial tcp: lookup hub.example: no such host',)


def test_a_base_that_cannot_be_had_is_told_without_the_frames_of_the_builder() -> None:
    said = "failed to solve: shop/base:2: failed to resolve source metadata for docker.io/shop/base:2: no such host"
    error = translate.failure(said, doing="build the images")
    assert isinstance(error, ImageMissing)
    assert (error.image, error.detail) == ("docker.io/shop/base:2", ("no such host",))


def test_what_is_never_pulled_and_is_not_present_keeps_the_whole_plan_from_being_carried_out() -> None:
    only_local = {"image": "shop/web:1", "pull_policy": "never"}
    model = stack(
        web=only_local,
        worker=only_local,
        unused=only_local | {"scale": 0},
        api=API | {"image": "shop/api:1", "pull_policy": "never"},
        cron={"image": "shop/api:1", "pull_policy": "never"},  # the build of api gives it
    )
    plan = plan_up(model, Snapshot(), Wanted(), UpRequest())
    assert sorted(str(step) for step in plan.steps if step.action != "create") == [
        "build api (no image shop/api:1)",
        "refuse web (no image shop/web:1, and pull_policy: never)",
        "refuse worker (no image shop/web:1, and pull_policy: never)",
    ]
    [error] = refused(model, plan)
    assert error.what.startswith("web, worker: the image shop/web:1 is not on this machine")
    assert "docker pull shop/web:1\nor remove `pull_policy: never` of web, worker" in error.fix
    present = Wanted(images={"shop/web:1": "sha256:w", "shop/api:1": "sha256:a"})
    assert refused(model, plan_up(model, Snapshot(), present, UpRequest())) == []


def test_what_the_engine_says_of_an_image_that_compose_did_not_pull_names_the_image() -> None:
    said = " Container web  Creating\nError response from daemon: No such image: shop/web:1"
    error = translate.failure(said, doing="make the containers")
    assert isinstance(error, ImageMissing)
    assert located(error, stack(web=WEB), none_here).fix.startswith("correct `image:` of web, log in")


def test_an_image_for_another_platform_is_pulled_and_the_error_names_both_platforms() -> None:
    arm = WEB | {"platform": "linux/arm64"}
    model = stack(web=arm, same=WEB | {"platform": "linux/x86_64"}, kept=arm | {"pull_policy": "never"})
    want = Wanted(images={"shop/web:1": "sha256:w"}, platforms={"shop/web:1": "linux/amd64"})
    plan = plan_up(model, Snapshot(), want, UpRequest())
    other = "the image shop/web:1 is for linux/amd64, not for linux/arm64"
    assert {step.subject: str(step) for step in plan.steps if step.action != "create"} == {
        "web": f"pull web ({other})",
        "kept": f"refuse kept ({other}, and pull_policy: never)",
    }
    [refusal] = refused(model, plan)
    assert refusal.what.startswith(f"kept: {other}, and `pull_policy: never`")
    assert "docker pull --platform linux/arm64 shop/web:1" in refusal.fix
    there = {"shop/web:1": Made("sha256:w", 0, platform="linux/amd64")}
    error = located(ImageMissing("?", fix="?", service="web"), model, lambda _names: there)
    assert error.what == (
        "the image shop/web:1 is on this machine for linux/amd64, and `platform:` of web, kept is linux/arm64,"
        " which cannot be pulled"
    )
    assert located(ImageMissing("?", fix="?", service="web"), model, none_here).what == f"the image shop/web:1 {HERE}"


@pytest.mark.parametrize(
    ("there", "asked", "fits"),
    [
        ("linux/amd64", "", True),
        ("", "linux/arm64", True),
        ("linux/arm64/v8", "linux/arm64", True),
        ("linux/arm64", "aarch64", True),
        ("linux/amd64", "linux", True),
        ("linux/amd64", "linux/386", False),
        ("windows/amd64", "linux/amd64", False),
    ],
)
def test_an_image_is_for_a_platform(there: str, asked: str, fits: bool) -> None:
    assert is_for(there, asked) is fits
