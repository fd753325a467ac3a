"""What a compose file calls by a fixed name cannot be there twice, or is shared by all checkouts of it. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from seatrial.compose_variables import NAME, lookup

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from seatrial.engine import Engine
    from seatrial.project import Project
    from seatrial.stack import Stack

_OWN = "${COMPOSE_PROJECT_NAME}"
_OTHER = "another-checkout"


def container_names(stack: Stack) -> dict[str, str]:
    """By service, the `container_name` that the engine allows once. Reads the model only when one is in it."""
    if '"container_name"' not in stack.resolved:
        return {}
    models = stack.service_models().items()
    return {name: model["container_name"] for name, model in models if model.get("container_name")}


def under_another_name(engine: Engine, project: Project, stack: Stack, environ: Mapping[str, str]) -> Stack | None:
    """Return the model as another checkout has it; None where a variable names both, and its text has to do.

    Raises:
        SeatrialError: Compose cannot be asked.
    """
    if lookup(NAME, environ, project.env_files):
        return None  # Compose resolves it in the model, whatever name it is given
    return engine.stack(replace(project, name=f"{stack.name}-{_OTHER}"))


def shared(
    stack: Stack, other: Stack | None = None, built_on: Mapping[str, Sequence[str]] | None = None
) -> tuple[str, ...]:
    """A line, with its fix, for all that another checkout of the same files would have too.

    `other` is the model under another name: what has the same name in it is shared. Without it a name that has the
    project's in it is taken for the project's own. `built_on`: by service, those that build an image which it is
    built from: such an image has a name in a Dockerfile too.
    """
    fixed = _names(other.parsed()) if other else {}
    names = _names(stack.parsed()).items()
    own = {key for key, name in names if (fixed.get(key) != name if other else stack.name in name)}
    model = stack.parsed()
    return (*_containers(own, model), *_images(own, model, built_on or {}), *_lines(own, model))


def _names(model: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """What the engine knows by a name, by its kind and key."""
    found: dict[tuple[str, str], str] = {}
    for key, service in (model.get("services") or {}).items():
        found["container", key] = service.get("container_name") or ""
        found["image", key] = service.get("image") or ""
    for kind in ("volumes", "networks"):
        found |= {(kind, key): (one or {}).get("name") or "" for key, one in (model.get(kind) or {}).items()}
    return found


def _containers(own: Collection[tuple[str, str]], model: Mapping[str, Any]) -> Iterator[str]:
    for name, service in (model.get("services") or {}).items():
        fixed = service.get("container_name") or ""
        if fixed and ("container", name) not in own:
            yield f"{name}: container_name {fixed} can be there once: leave it out, or write {_OWN}-{name}"


def _images(
    own: Collection[tuple[str, str]], model: Mapping[str, Any], built_on: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """A line for each image: services that share the line of its name need the same one."""
    makers: dict[str, list[str]] = {}
    for name, service in (model.get("services") or {}).items():
        image = service.get("image") or ""
        if service.get("build") and image and ("image", name) not in own:
            makers.setdefault(image, []).append(name)
    for image, names in makers.items():
        users = [name for name, bases in built_on.items() if set(bases) & set(names)]
        new = f"{_OWN}-{names[0]}"
        fix = (
            f"write {new}, and give it to the build of {', '.join(users)} as an argument (`ARG BASE` and `FROM $BASE`"
            f" instead of `FROM {image}`)"
            if users
            else f"leave `image` out, or write {new}"
        )
        yield f"{', '.join(names)}: every checkout builds the same image {image}: {fix}"


def _lines(own: Collection[tuple[str, str]], model: Mapping[str, Any]) -> Iterator[str]:
    for kind in ("volumes", "networks"):
        for key, one in (model.get(kind) or {}).items():
            fixed = (one or {}).get("name") or ""
            if (one or {}).get("external") or not fixed or (kind, key) in own:
                continue
            yield f"{kind[:-1]} {key} is {fixed} in every checkout: leave its `name` out, or write {_OWN}_{key}"
    for key, one in (model.get("networks") or {}).items():
        for pool in ((one or {}).get("ipam") or {}).get("config") or ():
            if pool.get("subnet"):
                yield f"network {key} has the fixed subnet {pool['subnet']}, which can be there once: leave it out"
