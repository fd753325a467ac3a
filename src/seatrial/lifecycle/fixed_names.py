"""What a compose file calls by a fixed name cannot be there twice, or is shared by all checkouts of it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.stack import Stack

_OWN = "${COMPOSE_PROJECT_NAME}"


def container_names(stack: Stack) -> dict[str, str]:
    """By service, the `container_name` that the engine allows once. Reads the model only when one is in it."""
    if '"container_name"' not in stack.resolved:
        return {}
    models = stack.service_models().items()
    return {name: model["container_name"] for name, model in models if model.get("container_name")}


def shared(stack: Stack) -> tuple[str, ...]:
    """A line, with its fix, for all that another checkout of the same files would have too.

    A name with the project's in it is another one in each checkout.
    """
    return tuple(_lines(stack.name, stack.parsed()))


def _lines(project: str, model: Mapping[str, Any]) -> Iterator[str]:
    for name, service in (model.get("services") or {}).items():
        fixed = service.get("container_name") or ""
        if fixed and project not in fixed:
            yield f"{name}: container_name {fixed} can be there once: leave it out, or write {_OWN}-{name}"
        image = service.get("image") or ""
        if service.get("build") and image and project not in image:
            yield f"{name}: every checkout builds the same image {image}: leave `image` out, or write {_OWN}-{name}"
    for kind in ("volumes", "networks"):
        for key, one in (model.get(kind) or {}).items():
            fixed = (one or {}).get("name") or ""
            if (one or {}).get("external") or not fixed or project in fixed:
                continue
            yield f"{kind[:-1]} {key} is {fixed} in every checkout: leave its `name` out, or write {_OWN}_{key}"
    for key, one in (model.get("networks") or {}).items():
        for pool in ((one or {}).get("ipam") or {}).get("config") or ():
            if pool.get("subnet"):
                yield f"network {key} has the fixed subnet {pool['subnet']}, which can be there once: leave it out"
