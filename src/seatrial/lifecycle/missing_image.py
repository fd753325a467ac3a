"""An image that cannot be had: which service asks for it, and where its name comes from. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.engine.translate import NOT_HERE, OR_GET_IT
from seatrial.errors import ImageMissing
from seatrial.lifecycle.image_step import is_for
from seatrial.lifecycle.plan import REFUSE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from seatrial.engine.observed import Made
    from seatrial.lifecycle.plan import Plan
    from seatrial.stack import Stack

_HUB = ("docker.io/library/", "docker.io/")


def located(error: ImageMissing, stack: Stack, made: Callable[[list[str]], Mapping[str, Made]]) -> ImageMissing:
    """The same error with the name of the image, and the place in the compose file that gives it, as far as known.

    `made` is asked for the image, which may be present for another platform.
    """
    image = _plain(error.image) or (stack.image_of(error.service) if error.service in stack.names else "")
    if not image:
        return error
    asked = _platforms(image, stack)
    there = made([image]).get(image) if asked else None
    if there and (other := [name for name in asked if not is_for(there.platform, asked[name])]):
        return _other_platform(error, image, there.platform, {name: asked[name] for name in other})
    where = _where(image, stack, error.service)
    return ImageMissing(
        f"the image {image} {NOT_HERE}",
        fix=f"correct {where or 'its name'}{OR_GET_IT}",
        detail=error.detail,
        image=image,
        service=error.service,
    )


def _platforms(image: str, stack: Stack) -> dict[str, str]:
    """By service that uses the image, what its `platform:` asks for."""
    users = (name for name in stack.names if _plain(stack.image_of(name)) == image)
    return {name: platform for name in users if (platform := stack.platform_of(name))}


def _other_platform(error: ImageMissing, image: str, there: str, asked: Mapping[str, str]) -> ImageMissing:
    wanted = ", ".join(dict.fromkeys(asked.values()))
    return ImageMissing(
        f"the image {image} is on this machine for {there}, and `platform:` of {', '.join(asked)} is {wanted}, which"
        " cannot be pulled",
        fix=f"correct or remove `platform:` of {', '.join(asked)}, or build or load the image for {wanted}",
        detail=error.detail,
        image=image,
        service=error.service,
    )


def refused(stack: Stack, plan: Plan) -> list[ImageMissing]:
    """An error for each image that is not present and that `pull_policy: never` keeps from being pulled."""
    steps = [step for step in plan.steps if step.action == REFUSE and step.subject in stack.names]
    users: dict[tuple[str, str], list[str]] = {}
    for step in steps:
        users.setdefault((stack.image_of(step.subject), _problem(step.cause)), []).append(step.subject)
    return [
        ImageMissing(
            f"{', '.join(services)}: {problem}, and `pull_policy: never` keeps it from"
            " being pulled; nothing was changed",
            fix="build or load it here (a script of the project may do it),"
            f" or: docker pull {_pulled(stack, services[0], image)}\n"
            f"or remove `pull_policy: never` of {', '.join(services)}",
            image=image,
            service=services[0],
        )
        for (image, problem), services in users.items()
    ]


def _pulled(stack: Stack, service: str, image: str) -> str:
    platform = stack.platform_of(service)
    return f"--platform {platform} {image}" if platform else image


def _problem(cause: str) -> str:
    absent = cause.partition(", and pull_policy")[0]
    return f"the image {absent.removeprefix('no image ')} is not on this machine" if "no image " in absent else absent


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
