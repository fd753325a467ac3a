"""Which shell is behind `/bin/sh` in an image? Debian's dash stays where Alpine's busybox and bash do not."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from seatrial.engine.child import answer
from seatrial.engine.inside.owner import options
from seatrial.errors import SeatrialError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.engine import Engine
    from seatrial.engine.observed import Snapshot

_OWNER = "doctor"


def image_shells(
    engine: Engine, wanted: Mapping[str, str], seen: Snapshot, images: Mapping[str, str], *, create: bool
) -> dict[str, str]:
    """By service the name of the program (`dash`, `bash`, `busybox`); services of which nothing tells are left out.

    Args:
        engine: that has containers and images.
        wanted: by service, the shell as it is called.
        seen: the project's containers.
        images: by service, the image where it is there.
        create: whether a container may be created (it is not started) to look into an image.
    """
    found: dict[tuple[str, str], str] = {}
    for service, word in wanted.items():
        key = images.get(service, service), word
        if key in found:
            continue
        container = next((one.id for one in seen.of(service)), "")
        try:
            if container:
                found[key] = _program(engine, container, word)
            elif create and service in images:
                with _created(images[service]) as made:
                    found[key] = _program(engine, made, word) if made else ""
        except SeatrialError:
            continue
    named = {service: found.get((images.get(service, service), word), "") for service, word in wanted.items()}
    return {service: name for service, name in named.items() if name}


def _program(engine: Engine, container_id: str, word: str) -> str:
    """Where the shell's path leads to; "" where that cannot be told."""
    paths = [word] if word.startswith("/") else [f"/bin/{word}", f"/usr/bin/{word}", f"/usr/local/bin/{word}"]
    there = (engine.path_in(container_id, path) for path in paths)
    found = next(((stat, path) for stat, path in zip(there, paths, strict=True) if stat), None)
    if found is None:
        return ""
    stat, path = found
    return PurePosixPath(stat.leads_to or ("" if stat.kind == "link" else path)).name


@contextmanager
def _created(image: str) -> Iterator[str]:
    """A container that never runs; "" where there is none."""
    name = f"seatrial-doctor-{uuid.uuid4().hex[:12]}"
    done = answer(["create", "--name", name, *options(_OWNER), "--network", "none", "--entrypoint", "sh", image])
    try:
        yield "" if done.returncode else name
    finally:
        answer(["rm", "--force", "--volumes", name])
