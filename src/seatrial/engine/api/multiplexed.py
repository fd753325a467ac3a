"""The engine's framing of two streams in one: a byte for the stream, three of nothing, four for the length."""

from __future__ import annotations

_HEAD = 8


def text(framed: bytes) -> str:
    """Both streams in their order, as text; what is cut off is taken as far as it goes. Pure."""
    parts = []
    position = 0
    while position + _HEAD <= len(framed):
        length = int.from_bytes(framed[position + 4 : position + _HEAD], "big")
        parts.append(framed[position + _HEAD : position + _HEAD + length])
        position += _HEAD + length
    return b"".join(parts).decode(errors="replace")
