"""An image that cannot be had: which service asks for it, and where its name comes from. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.engine.translate import NOT_HERE, OR_GET_IT
from seatrial.errors import ImageMissing
from seatrial.lifecycle.plan import REFUSE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from seatrial.lifecycle.plan import Plan
    from seatrial.stack import Stack

_HUB = ("docker.io/library/", "docker.io/")


def located(error: ImageMissing, stack: Stack) -> ImageMissing:
    """The same error with the name of the image, and the place in the compose file that gives it, as far as known."""
    image = _plain(error.image) or (stack.image_of(error.service) if error.service in stack.names else "")
    if not image:
        return error
    where = _where(image, stack, error.service)
    return ImageMissing(
        f"the image {image} {NOT_HERE}",
        fix=f"correct {where or 'its name'}{OR_GET_IT}",
        detail=error.detail,
        image=image,
        service=error.service,
    )


def refused(stack: Stack, plan: Plan) -> list[ImageMissing]:
    """An error for each image that is not present and that `pull_policy: never` keeps from being pulled."""
    names = [step.subject for step in plan.steps if step.action == REFUSE]
    users: dict[str, list[str]] = {}
    for name in names:
        users.setdefault(stack.image_of(name), []).append(name)
    return [
        ImageMissing(
            f"{', '.join(services)}: the image {image} is not on this machine, and `pull_policy: never` keeps it from"
            " being pulled; nothing was changed",
            fix=f"build or load it here (a script of the project may do it), or: docker pull {image}\n"
            f"or remove `pull_policy: never` of {', '.join(services)}",
            image=image,
            service=services[0],
        )
        for image, services in users.items()
    ]


def _where(image: str, stack: Stack, service: str) -> str:
    models = stack.service_models()
    by_name = [name for name in stack.names if _plain(stack.image_of(name)) == image and not _build(models, name)]
    if users := by_name or [service] * bool(service):
        return f"`image:` of {', '.join(users)}"
    for name in stack.names:
        arguments = _build(models, name).get("args") or {}
        if given := [key for key, text in arguments.items() if _plain(str(text)) == image]:
            return f"the build argument {given[0]} of {name}"
    built = [name for name in stack.names if _build(models, name)]
    return f"`FROM` of what {built[0]} is built from" if len(built) == 1 else ""


def _build(models: Mapping[str, Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    return models.get(name, {}).get("build") or {}


def _plain(image: str) -> str:
    """As people write it: without the hub, which is meant where nothing is said."""
    return next((image.removeprefix(hub) for hub in _HUB if image.startswith(hub)), image)
