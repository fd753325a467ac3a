"""Whether the image of a service is built or pulled before its containers are made. Pure but for the clock."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from seatrial.lifecycle.plan import REFUSE, Step

if TYPE_CHECKING:
    from seatrial.engine import UpRequest
    from seatrial.lifecycle.up import Wanted
    from seatrial.stack import Service, Stack

_EVERY = r"every_((?:\d+[wdhms])+)"
_PART = r"(\d+)([wdhms])"
_SECONDS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
_NAMED_S = {"daily": 86400, "weekly": 604800}
_NS = 10**9
_SAME = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "i386": "386", "armhf": "arm", "armel": "arm"}


def image_step(stack: Stack, service: Service, want: Wanted, request: UpRequest) -> Step | None:
    """The step for the image; None where the one that is present is used."""
    name, image, policy = service.name, stack.image_of(service.name), service.pull_policy
    absent = _absent(stack, service, want)
    if service.builds and request.build:
        return Step("build", name, "asked for")
    if absent and maker_of(stack, service, request):
        return None
    if absent and policy == "never" and not service.builds:
        return Step(REFUSE, name, f"{absent}, and pull_policy: never") if service.replicas else None
    if absent:
        return Step("build" if service.builds else "pull", name, absent)
    if service.builds and policy == "build" and not request.no_build:
        return Step("build", name, want.stale.get(name, "pull_policy: build"))
    if name in want.stale:
        return Step("build", name, want.stale[name])
    if policy == "always" or _is_due(policy, want.tagged_ns.get(image, 0)):
        return Step("pull", name, f"pull_policy: {policy}")
    return None


def _absent(stack: Stack, service: Service, want: Wanted) -> str:
    """Why Compose does not use an image that is present; "" where it does."""
    image = stack.image_of(service.name)
    if image not in want.images:
        return f"no image {image}"
    there, asked = want.platforms.get(image, ""), stack.platform_of(service.name)
    return "" if is_for(there, asked) else f"the image {image} is for {there}, not for {asked}"


def is_for(there: str, asked: str) -> bool:
    """Whether an image for the platform `there` (`OS/ARCHITECTURE`) is one for what `platform:` asks for."""
    words = [_SAME.get(word, word) for word in asked.lower().split("/")[:2]]
    return not there or not asked or set(words) <= set(there.split("/")[:2])


def maker_of(stack: Stack, service: Service, request: UpRequest) -> Service | None:
    """The other service whose build gives this one its image, where it is brought up too."""
    image = stack.image_of(service.name)
    others = (stack.service(name) for name in stack.closure(request.services) if name != service.name)
    return None if service.builds else next((o for o in others if o.builds and stack.image_of(o.name) == image), None)


def _is_due(policy: str, tagged_ns: int) -> bool:
    """Whether a policy like `daily` or `every_12h` has the image pulled again, by the time it got its name."""
    limit_s = _NAMED_S.get(policy, 0)
    if every := re.fullmatch(_EVERY, policy):
        limit_s = sum(int(number) * _SECONDS[unit] for number, unit in re.findall(_PART, every[1]))
    return 0 < limit_s * _NS < time.time_ns() - tagged_ns
