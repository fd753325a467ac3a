"""Paths as arguments of commands: not more at once than the kernel takes, and only what the engine's API can carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Bytes; a quarter of what the kernel takes.
_MOST = 1 << 19
_POINTER = 9


def is_text(path: str) -> bool:
    """Whether its bytes are UTF-8."""
    return not any("\udc80" <= char <= "\udcff" for char in path)


def chunks(paths: Sequence[str]) -> Iterator[list[str]]:
    """The paths in their order."""
    chunk: list[str] = []
    size = 0
    for path in paths:
        length = len(path.encode(errors="surrogateescape")) + _POINTER
        if chunk and size + length > _MOST:
            yield chunk
            chunk, size = [], 0
        chunk.append(path)
        size += length
    if chunk:
        yield chunk
