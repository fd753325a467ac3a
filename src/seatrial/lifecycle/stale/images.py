"""Which images are older than what they are built from, and builds that are remembered so that this can be told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from seatrial.lifecycle.building import dockerfile
from seatrial.lifecycle.building.bases import bases, with_tag
from seatrial.lifecycle.building.build import TO_RUN, BuildOptions, built
from seatrial.lifecycle.stale.changed import SLACK_NS, newer, since_built
from seatrial.lifecycle.stale.inputs import MOST, inputs
from seatrial.lifecycle.stale.record import load, save

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from seatrial.engine import Engine
    from seatrial.engine.observed import Made
    from seatrial.lifecycle.stale.record import Record
    from seatrial.project import Project
    from seatrial.stack import Stack


class Judged(NamedTuple):
    """What is known of the images that services build.

    Attributes:
        stale: by service, the change that made its image stale; also of services that these are built from.
        unjudged: by service, what its image is not compared with.
    """

    stale: Mapping[str, str]
    unjudged: Mapping[str, str]


class _Image(NamedTuple):
    """One image to be judged: its name, its build section, the images that it is built from, what is elsewhere."""

    name: str
    section: Mapping[str, Any]
    bases: tuple[str, ...]
    elsewhere: tuple[str, ...]


def judged(engine: Engine, project: Project, stack: Stack, names: Sequence[str]) -> Judged:
    """Compare the images of services, and of those that they are built from, with what they are built from."""
    images = _images(stack)
    owners = _owners(images)
    order = _bases_first([name for name in names if name in images], images, owners)
    if not order:
        return Judged({}, {})
    made = engine.made(sorted({each for name in order for each in (images[name].name, *images[name].bases)}))
    record = load(project, stack.name)
    stale: dict[str, str] = {}
    unjudged: dict[str, str] = {}
    for name in order:
        image = images[name]
        if image.name in made:
            why, not_judged = _why(record, name, image, made)
            why = next(
                (
                    f"{owners[base]}, from which it is built, is rebuilt"
                    for base in map(with_tag, image.bases)
                    if owners.get(base) in stale
                ),
                why,
            )
            stale |= {name: why} if why else {}
            not_judged = ", ".join(filter(None, (not_judged, *_inactive(stack, image, made))))
            unjudged |= {name: not_judged} if not_judged and not why else {}
        elif name not in names:
            stale[name] = f"no image {image.name}"
    return Judged(stale, unjudged)


def build(
    engine: Engine, project: Project, stack: Stack, names: Sequence[str], options: BuildOptions = TO_RUN
) -> Iterator[str]:
    """Build, and remember what from. Yields the builder's lines. Raises `RunFailed`.

    Compose may build other services that these are built from (`additional_contexts`): these are remembered too.
    """
    images = _images(stack)
    order = _bases_first([name for name in names if name in images], images, _owners(images))
    before = {name: inputs(images[name].section) for name in order}
    old = engine.made([images[name].name for name in order if name not in names])
    yield from built(engine, project, stack, names, options)
    made = engine.made(sorted({each for name in order for each in (images[name].name, *images[name].bases)}))
    record = load(project, stack.name)
    for name in order:
        image, found = images[name], before[name]
        if found is not None and image.name in made and old.get(image.name) != made[image.name]:
            ids = {base: made[base].id for base in image.bases if base in made}
            record.remember(name, made[image.name].id, image.section, found, ids)
    save(project, stack.name, record)


def _owners(images: Mapping[str, _Image]) -> dict[str, str]:
    """By name of an image, the service that builds it."""
    return {with_tag(image.name): name for name, image in images.items()}


def _inactive(stack: Stack, image: _Image, made: Mapping[str, Made]) -> Iterator[str]:
    """Bases that Compose built for a service of this project that is not active: the model lacks its sources."""
    for base in image.bases:
        project, service = made[base].built_by if base in made else ("", "")
        if project == stack.name and service not in stack.names:
            yield f"the sources of {base}: service {service}, which builds it, is not active"


def _images(stack: Stack) -> dict[str, _Image]:
    found = {}
    for name, section in stack.builds().items():
        of = bases(section, dockerfile.text(section) or "", stack.image_of)
        found[name] = _Image(stack.image_of(name), section, of.images, of.elsewhere)
    return found


def _bases_first(names: Sequence[str], images: Mapping[str, _Image], owners: Mapping[str, str]) -> tuple[str, ...]:
    """The services whose images these are built from, then these; each once."""
    ordered: dict[str, None] = {}

    def visit(name: str, above: frozenset[str]) -> None:
        for owner in (owners.get(with_tag(base)) for base in images[name].bases):
            if owner and owner not in above:
                visit(owner, above | {owner})
        ordered[name] = None

    for name in names:
        visit(name, frozenset({name}))
    return tuple(ordered)


def _why(record: Record, name: str, image: _Image, made: Mapping[str, Made]) -> tuple[str, str]:
    """Why the image is stale, and what it is not compared with."""
    own, section = made[image.name], image.section
    found = inputs(section)
    built = record.services.get(name)
    known = built if built and built.image == own.id else None
    if known and known.definition != record.definition(section):
        return "its build section changed", ""
    for base in image.bases:
        other = made.get(base)
        if (
            other
            and not own.pulled
            and (known.bases.get(base, other.id) != other.id if known else other.tagged_ns > own.tagged_ns + SLACK_NS)
        ):
            return f"the image {base}, from which it is built, changed", ""
    if found is None:
        return "", _not_compared(str(section.get("context") or ""))
    elsewhere = ", ".join(image.elsewhere)
    if known is None:
        return "" if own.pulled else newer(found, own.tagged_ns), elsewhere
    context = Path(str(section["context"]))
    return since_built(found, known, lambda path, size: record.content(context / path, size)), elsewhere


def _not_compared(context: str) -> str:
    if not Path(context).is_dir():
        return f"{context or 'its context'}, which is no folder here"
    return f"{context}: its Dockerfile cannot be read, or it has more than {MOST:,} files"
