"""Which images are older than what they are built from, and builds that are remembered so that this can be told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.lifecycle.building.build import built
from seatrial.lifecycle.stale.changed import newer, since_built
from seatrial.lifecycle.stale.inputs import inputs
from seatrial.lifecycle.stale.record import load, save

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from seatrial.engine import Engine
    from seatrial.engine.observed import Made
    from seatrial.lifecycle.stale.record import Record
    from seatrial.project import Project
    from seatrial.stack import Stack


def stale(engine: Engine, project: Project, stack: Stack, names: Sequence[str]) -> dict[str, str]:
    """By service, which change made its image stale; without those that are as they should be or cannot be judged."""
    builds = _builds(stack, names)
    if not builds:
        return {}
    made = engine.made([image for image, _ in builds.values()])
    record = load(project, stack.name)
    found = {name: _why(record, name, build, made[image]) for name, (image, build) in builds.items() if image in made}
    return {name: why for name, why in found.items() if why}


def build(engine: Engine, project: Project, stack: Stack, names: Sequence[str], *, cache: bool = True) -> Iterator[str]:
    """Build, and remember what from. Yields the builder's lines. Raises `RunFailed`."""
    builds = _builds(stack, names)
    before = {name: inputs(section) for name, (_, section) in builds.items()}
    yield from built(engine, project, stack, names, cache=cache)
    made = engine.made([image for image, _ in builds.values()])
    record = load(project, stack.name)
    for name, (image, section) in builds.items():
        found = before[name]
        if found is not None and image in made:
            record.remember(name, made[image].id, section, found)
    save(project, stack.name, record)


def _builds(stack: Stack, names: Sequence[str]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    builds = stack.builds()
    return {name: (stack.image_of(name), builds[name]) for name in names if name in builds}


def _why(record: Record, name: str, section: Mapping[str, Any], made: Made) -> str:
    found = inputs(section)
    if found is None:
        return ""
    built = record.services.get(name)
    if built is None or built.image != made.id:
        return "" if made.pulled else newer(found, made.tagged_ns)
    if built.definition != record.definition(section):
        return "its build section changed"
    context = Path(str(section["context"]))
    return since_built(found, built, lambda path, size: record.content(context / path, size))
