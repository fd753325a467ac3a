"""What all checkouts would share is pointed out; what has the project's name in it is another one in each."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seatrial.lifecycle.fixed_names import container_names, shared
from seatrial.stack import Stack, parse


def stack(**parts: Any) -> Stack:
    return parse(json.dumps({"name": "shop-2", "services": {"web": {"image": "x"}}, **parts}))


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"services": {"web": {"image": "x", "container_name": "web"}}}, "web: container_name web can be there once"),
        ({"services": {"web": {"image": "x", "build": {"context": "/"}}}}, "web: every checkout builds the same image"),
        ({"volumes": {"data": {"name": "data"}}}, "volume data is data in every checkout"),
        ({"networks": {"lan": {"name": "lan"}}}, "network lan is lan in every checkout"),
        (
            {"networks": {"lan": {"name": "shop-2_lan", "ipam": {"config": [{"subnet": "10.9.0.0/24"}]}}}},
            "network lan has the fixed subnet 10.9.0.0/24",
        ),
    ],
)  # fmt: skip
def test_each_kind_is_told_with_its_fix(parts: dict[str, Any], told: str) -> None:
    (line,) = shared(stack(**parts))
    assert line.startswith(told)
    assert "leave" in line


def test_names_with_the_projects_and_what_is_somebody_elses_are_no_matter() -> None:
    found = stack(
        services={"web": {"image": "shop-2-web", "build": {"context": "/"}, "container_name": "shop-2-web"}},
        volumes={"data": {"name": "shop-2_data"}, "other": {"name": "other", "external": True}},
        networks={"default": {"name": "shop-2_default"}},
    )
    assert shared(found) == ()
    assert container_names(found) == {"web": "shop-2-web"}


def test_a_name_that_only_sounds_like_the_projects_is_shared() -> None:
    def named(project: str, own: str) -> Stack:
        return parse(
            json.dumps(
                {
                    "name": project,
                    "services": {
                        "db": {"image": "shop/db", "build": {"context": "/"}, "container_name": "shop-db"},
                        "web": {"image": "x", "container_name": f"{own}-web"},
                    },
                    "volumes": {"data": {"name": "shop_data"}, "logs": {"name": f"{project}_logs"}},
                }
            )
        )

    told = [line.split(":")[0].split(" is ")[0] for line in shared(named("shop", "shop"), named("other", "other"))]
    assert told == ["db", "db", "volume data"]


def test_an_image_that_several_build_or_start_from_gets_one_fix_that_keeps_its_users() -> None:
    app = {"image": "shop-api", "build": {"context": "/api"}}
    services = {"api": app, "migrate": app, "base": {"image": "shop-base", "build": {"context": "/base"}}}
    found = parse(json.dumps({"name": "other", "services": services}))
    api, base = shared(found, None, {"api": ["base"], "migrate": ["base"], "base": []})
    assert api.startswith("api, migrate: every checkout builds the same image shop-api: leave `image` out, or write")
    assert api.endswith("${COMPOSE_PROJECT_NAME}-api")
    assert "leave" not in base
    assert "the build of api, migrate as an argument (`ARG BASE` and `FROM $BASE` instead of `FROM shop-base`)" in base
