"""Looks up why containers are made anew: in what is remembered of them, else in the containers themselves."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from seatrial.errors import RunFailed
from seatrial.lifecycle.causes.by_container import Made, Wished, told, unexplained
from seatrial.lifecycle.causes.fields import difference, fields
from seatrial.lifecycle.causes.made_from import recalled
from seatrial.stack import contained

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from seatrial.engine import Engine
    from seatrial.engine.facts import Facts
    from seatrial.engine.observed import Container
    from seatrial.project import Project
    from seatrial.stack import Stack

NO_FIELD = "no field of it changed; Compose may be another version"
# Compose hashes these with a container's id in them, in a form that it takes from nobody.
_BY_COMPOSE = "if Compose sees a change: with `volumes_from` only it can tell"


def causes(
    engine: Engine, project: Project, stack: Stack, changed: Mapping[str, Container]
) -> Mapping[str, str]:  # fmt: skip
    """By service what has changed since its container in `changed` was made; absent where nobody can tell."""
    model, known = stack.service_models(), recalled(project, stack.name)
    facts = {one.id: one for one in engine.facts([container.id for container in changed.values()])}
    found: dict[str, str] = {}
    strange: dict[str, Facts] = {}
    for name, container in changed.items():
        made = facts.get(container.id)
        if made is None or name not in model:
            continue
        old = known.fields_of(name, container.config_hash)
        if old is None:
            strange[name] = made
        else:
            new = known.digests(fields(model[name]))
            found[name] = difference(old, new, (made.image, stack.image_of(name))) or ""
    if strange:
        found |= _by_containers(engine, stack, strange)
    return {name: text for name in found if (text := found[name] or _unnamed(model[name], name in strange))}


def _unnamed(service: Mapping[str, Any], strange: bool) -> str:
    """Nothing of it has changed that we know of."""
    if service.get("volumes_from"):
        return _BY_COMPOSE
    return "" if strange else NO_FIELD


def _by_containers(engine: Engine, stack: Stack, strange: Mapping[str, Facts]) -> dict[str, str]:
    model, wanted, names = stack.service_models(), contained(stack), _names(stack)
    environments = engine.environments([facts.id for facts in strange.values()])
    found = {}
    for name, facts in strange.items():
        environment = environments.get(facts.id, {})
        service = stack.service(name)
        wished = Wished(service, model[name], stack.image_of(name), wanted[name], names)
        # Most images bring nothing but PATH along, and asking for one takes a child.
        asked = unexplained(environment, wanted[name])
        made = Made(facts, environment, _of_image(facts.image_id) if asked else ())
        found[name] = told(made, wished)
    return found


def _of_image(image_id: str) -> Collection[str] | None:
    from seatrial.engine.images import image

    with suppress(RunFailed):
        return image(image_id).environment
    return None


def _names(stack: Stack) -> Mapping[tuple[str, str], str]:
    model = stack.parsed()
    return {
        (kind, key): text["name"]
        for kind in ("volumes", "networks")
        for key, text in (model.get(kind) or {}).items()
        if text and text.get("name")
    }
