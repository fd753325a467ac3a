"""What the builder is given: the services to be built, without an order that none of them needs. Pure.

Compose builds one after the other along `depends_on`, which says who is started first and nothing about images. Told
without it, builds go on at once, and BuildKit does equal ones once.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from seatrial.lifecycle.building.bases import bases, with_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from seatrial.stack import Stack

_BUILT_BY = ("build", "image", "platform")
_FROM = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)|--from=(\S+)|\bfrom=([^,\s]+)", re.IGNORECASE | re.MULTILINE)
_ONE_VARIABLE = re.compile(r"\$(?:\w+|\{\w+(?::?[-+][^}]*)?\})")


def build_model(
    stack: Stack,
    names: Sequence[str],
    dockerfile: Callable[[Mapping[str, Any]], str | None],
    *,
    all_platforms: bool = False,
) -> str:
    """The model as JSON; "" where the compose files themselves are to be built from.

    An image that is built to be run here gets one platform, as with `docker compose up`; with `all_platforms` it gets
    every one that its build section lists, as with `docker compose build`.

    An edge is where an image is built from the other one's, or depends on it and may be: `dockerfile` gives the text
    for a build section, None where it is unknown.
    """
    services = stack.service_models()
    builds = {name: services[name]["build"] for name in names}
    if any("service:" in json.dumps(build.get("additional_contexts") or {}) for build in builds.values()):
        return ""  # Compose puts these in order itself, and may need others for it
    whole = stack.parsed()
    texts = {name: _text(build, dockerfile) for name, build in builds.items()}
    uses = {name: _uses(stack, name, builds, dockerfile(builds[name]) or "") for name in names}
    chosen: dict[str, dict[str, Any]] = {}
    for name in names:
        model = services[name]
        chosen[name] = {"image": stack.image_of(name), **{key: model[key] for key in _BUILT_BY if key in model}}
        if not all_platforms:
            chosen[name]["build"] = _for_one_platform(model)
        edges = [other for other in model.get("depends_on") or {} if other in builds and name not in uses[other]]
        kept = [other for other in edges if _may_use(texts[name], stack.image_of(other))]
        kept = list(dict.fromkeys((*kept, *uses[name])))
        if kept:
            chosen[name]["depends_on"] = {other: {"condition": "service_started", "required": True} for other in kept}
    return json.dumps({"name": stack.name, "services": chosen, "secrets": whole.get("secrets") or {}})


def built_on(stack: Stack, dockerfile: Callable[[Mapping[str, Any]], str | None]) -> dict[str, list[str]]:
    """By service that is built, the others that build an image which it is built from."""
    builds = stack.builds()
    return {name: _uses(stack, name, builds, dockerfile(build) or "") for name, build in builds.items()}


def _for_one_platform(model: Mapping[str, Any]) -> dict[str, Any]:
    """The build section for the platform that runs: the service's own, else the builder's choice among several."""
    build = dict(model["build"])
    if len(build.get("platforms") or ()) > 1:
        build["platforms"] = [model["platform"]] if model.get("platform") else []
    return build


def _uses(stack: Stack, name: str, builds: Mapping[str, Any], text: str) -> list[str]:
    """The others of `builds` whose image this one is certainly built from, whatever depends on whom."""
    images = {with_tag(image) for image in bases(builds[name], text, stack.image_of).images}
    return [other for other in builds if other != name and with_tag(stack.image_of(other)) in images]


def _text(build: Mapping[str, Any], dockerfile: Callable[[Mapping[str, Any]], str | None]) -> str | None:
    text = dockerfile(build)
    return None if text is None else f"{text}\n{json.dumps(build)}"


def _may_use(text: str | None, image: str) -> bool:
    if text is None:
        return True
    bare = image.rsplit(":", 1)[0] if ":" in image.rsplit("/", 1)[-1] else image
    return bare in text or any(_is_put_together(next(filter(None, found))) for found in _FROM.findall(text))


def _is_put_together(image: str) -> bool:
    """Whether a name is made of a variable and more, so that it can be any."""
    return "$" in image and not _ONE_VARIABLE.fullmatch(image)
