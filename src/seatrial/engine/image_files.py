"""The files in every layer of an image, also those that a later layer deletes."""

from __future__ import annotations

import tarfile
import time
from typing import TYPE_CHECKING, NamedTuple, TextIO, cast

from seatrial.engine.child import stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIMIT_S = 20.0
_HEAD_BYTES = 16_384
_DELETED = ".wh."


class LayerFile(NamedTuple):
    """A file of a layer. `head` is how it begins; `deleted` marks a layer that deletes the path."""

    path: str
    head: str = ""
    deleted: bool = False


def layer_files(image_id: str, wanted: Callable[[str], bool]) -> Iterator[LayerFile]:
    """Yield the files whose path is `wanted`, layer by layer.

    Raises:
        TimeoutError: reading takes longer than `LIMIT_S`.
    """
    deadline = time.monotonic() + LIMIT_S
    with stream(["image", "save", image_id]) as lines:
        out = cast("TextIO", lines)
        try:
            with tarfile.open(fileobj=out.buffer, mode="r|") as archive:
                for member in archive:
                    if member.isfile() and not member.name.endswith(".json"):
                        yield from _layer(archive, member, wanted, deadline)
        except tarfile.TarError:
            return


def _layer(
    archive: tarfile.TarFile, member: tarfile.TarInfo, wanted: Callable[[str], bool], deadline: float
) -> Iterator[LayerFile]:
    """Yield from one file of the archive; a configuration or an index is no layer."""
    content = archive.extractfile(member)
    if content is None:
        return
    try:
        with tarfile.open(fileobj=content, mode="r|*") as layer:
            for file in layer:
                if time.monotonic() > deadline:
                    raise TimeoutError
                yield from _file(layer, file, wanted)
    except tarfile.TarError:
        return


def _file(layer: tarfile.TarFile, file: tarfile.TarInfo, wanted: Callable[[str], bool]) -> Iterator[LayerFile]:
    folder, _, name = f"/{file.name.removeprefix('./').lstrip('/')}".rpartition("/")
    path = f"{folder}/{name.removeprefix(_DELETED)}"
    if not file.isfile() or not wanted(path):
        return
    if name.startswith(_DELETED):
        yield LayerFile(path, deleted=True)
    elif content := layer.extractfile(file):
        yield LayerFile(path, content.read(_HEAD_BYTES).decode("utf-8", "replace"))
