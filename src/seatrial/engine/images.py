"""What an image is made of, as the docker client tells it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from seatrial.engine.child import answer
from seatrial.engine.containers import asked


@dataclass(frozen=True, slots=True)
class Layer:
    """One step of an image's history; `size` in bytes, `made_by` the instruction as the builder kept it."""

    size: int
    made_by: str


@dataclass(frozen=True, slots=True)
class Image:
    """One image. `size` in bytes as the engine's store counts it; `user` empty for root; `layers` newest first."""

    id: str
    tags: tuple[str, ...]
    size: int
    user: str = ""
    environment: tuple[str, ...] = ()
    labels: dict[str, str] | None = None
    volumes: tuple[str, ...] = ()
    layers: tuple[Layer, ...] = ()


def image(image_id: str) -> Image:
    """The image and its history. Raises `RunFailed` when there is none of that id."""
    found = json.loads(asked(["image", "inspect", image_id], doing="find the image"))[0]
    told = asked(
        ["history", "--no-trunc", "--human=false", "--format", "{{json .}}", image_id], doing="read the layers"
    )
    steps = (json.loads(line) for line in told.splitlines() if line.strip())
    config = found.get("Config") or {}
    return Image(
        id=found["Id"],
        tags=tuple(found.get("RepoTags") or ()),
        size=found.get("Size", 0),
        user=config.get("User") or "",
        environment=tuple(config.get("Env") or ()),
        labels=config.get("Labels"),
        volumes=tuple(config.get("Volumes") or ()),
        layers=tuple(Layer(int(step["Size"]), step["CreatedBy"]) for step in steps),
    )


def digests(name: str) -> tuple[str, ...] | None:
    """The digests by which registries know the image; none when it was never in one, None when it is not here."""
    done = answer(["image", "inspect", "--format", "{{json .RepoDigests}}", name])
    return None if done.returncode else tuple(json.loads(done.stdout) or ())
