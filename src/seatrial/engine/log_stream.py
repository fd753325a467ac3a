"""Lines of a log as the program wrote them, out of what `docker logs --timestamps` prints. Pure.

The engine cuts a line into pieces of 16 KiB, each with the time of the whole line before it. Pieces of the other stream
may come in between. Words of the client or the engine have no time before them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seatrial.engine.observed import LogLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PIECE = 16 * 1024
_STAMP = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z ")


def log_lines(lines: Iterable[bytes]) -> Iterator[LogLine]:
    """Whole lines, from `lines` cut at newlines. One without a time holds words of the client or the engine."""
    begun: dict[bytes, bytes] = {}
    for line in lines:
        yield from _whole(line, begun)
    for stamp, text in begun.items():
        yield _line(stamp, text)


def _whole(line: bytes, begun: dict[bytes, bytes]) -> Iterator[LogLine]:
    """The lines that end with this one; what goes on is kept in `begun` by its time."""
    rest = line.removesuffix(b"\n")
    while found := _STAMP.match(rest):
        stamp, text = found[0], rest[found.end() :]
        cut = len(text) > PIECE and _STAMP.match(text, PIECE) is not None
        if cut:
            begun[stamp] = begun.get(stamp, b"") + text[:PIECE]
            rest = text[PIECE:]
            continue
        yield _line(stamp, begun.pop(stamp, b"") + text)
        return
    yield LogLine("", rest.decode(errors="replace").rstrip("\r"))


def _line(stamp: bytes, text: bytes) -> LogLine:
    """With nine digits, times sort as text: the engine drops trailing zeros."""
    whole, _, fraction = stamp.decode().removesuffix("Z ").partition(".")
    return LogLine(f"{whole}.{fraction:0<9}Z", text.decode(errors="replace").rstrip("\r"))
