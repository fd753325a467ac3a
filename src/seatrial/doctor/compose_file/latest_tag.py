"""Is an image meant that is another one tomorrow?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatrial.doctor.finding import Finding, ok, warning
from seatrial.engine import compose_text
from seatrial.lifecycle.building.bases import with_tag

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from seatrial.doctor.compose_file.dockerfile import Dockerfile
    from seatrial.engine.compose_text import Source

_VERSION = "org.opencontainers.image.version"


def floating(image: str) -> bool:
    """Whether the name has no tag, or `latest`. Pure."""
    if not image or "@" in image:
        return False
    _, colon, tag = image.rsplit("/", 1)[-1].partition(":")
    return not colon or tag == "latest"


def judge(
    services: Mapping[str, Mapping[str, Any]],
    dockerfiles: Mapping[str, Dockerfile],
    images: Mapping[str, Any],
    sources: tuple[Source, ...],
    made_here: Collection[str] = (),
) -> Iterator[Finding]:
    """`images`: by name, what the engine reports for those here; `made_here`: what the project itself builds."""
    own = {name: str(model.get("image") or "") for name, model in services.items() if not model.get("build")}
    run = {name: image for name, image in own.items() if _asked_for(image, made_here)}
    bases = {name: base for name, file in dockerfiles.items() for base in file.bases if _asked_for(base, made_here)}
    if not run and not bases:
        yield ok("every image is named with a version")
        return
    both = [*run.items(), *((name, f"{image} (a base)") for name, image in bases.items())]
    places = [place for name in run for place in compose_text.place(sources, "services", name, "image")]
    yield warning(
        f"images without a version: {', '.join(dict.fromkeys(image for _, image in both))}",
        why="two people, or one today and tomorrow, run different programs, and a pull can break what worked",
        fix=_fix([*run.values(), *bases.values()], images),
        services=tuple(dict.fromkeys(name for name, _ in both)),
        places=(*places, *(dockerfiles[name].shown for name in bases if dockerfiles[name].shown)),
    )


def _asked_for(image: str, made_here: Collection[str]) -> bool:
    return floating(image) and with_tag(image) not in made_here


def _fix(names: list[str], images: Mapping[str, Any]) -> str:
    for name in names:
        image = images.get(name) or {}
        version = ((image.get("Config") or {}).get("Labels") or {}).get(_VERSION)
        digest = next(iter(image.get("RepoDigests") or ()), "")
        if version or digest:
            base = name.removesuffix(":latest")
            return f"name the version; what is here of {base} is {f'{base}:{version}' if version else digest}"
    return "name a version: IMAGE:1.2"
