"""What a container has of the files that it should have."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from seatrial.watch.sync import Sent, destination, digests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.watch.contents import Contents
    from seatrial.watch.scene import Scene
    from seatrial.watch.stamp import Stamp
    from seatrial.watch.sync import Destination


class Found(NamedTuple):
    """One container; `same` are the paths in it that are equal to those on the host."""

    destination: Destination
    same: dict[str, Sent]


def found_in(scene: Scene, container_id: str, wanted: Mapping[str, tuple[str, Stamp]], contents: Contents) -> Found:
    """Compare by content.

    Args:
        scene: the project.
        container_id: which container.
        wanted: by path in the container, the path on the host and what was seen of it.
        contents: of the host's files.

    Raises:
        ContainerGone: there is no such container.
    """
    there = destination(scene.engine, container_id, helper_image=scene.helper_image)
    files = [path for path, (_, stamp) in wanted.items() if stamp.kind == "file"]
    held = digests(scene.engine, there, files) if files else {}
    same: dict[str, Sent] = {}
    for path in files:
        host, stamp = wanted[path]
        with suppress(OSError):
            if path in held and held[path] == (digest := contents.digest(host, stamp)):
                same[path] = Sent(stamp, digest)
    return Found(there, same)
