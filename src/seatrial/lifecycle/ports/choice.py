"""Which port instead: the same one for the same checkout each time it is asked, as long as it is free. Pure."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from seatrial.lifecycle.ports.wanted import Wish

# Above what projects write into their files, below what kernels hand out for outgoing connections (32768).
_LOWEST, _END = 10_000, 30_000
# The last two digits stay, so that 8080 is known again in 19380.
_STEP = 100
_STEPS = (_END - _LOWEST) // _STEP


def choose(
    wanted: Iterable[Wish], seed: str, avoid: Collection[int], can_be_had: Callable[[str, int, str], bool]
) -> dict[Wish, int | None]:
    """By wish, the first port of a free block as long as its range; None when there is none.

    The `seed`, a checkout, decides where the search begins, so that two checkouts seldom meet. Ports to `avoid` are
    spoken for, though they may be free now; `can_be_had` is asked with host address, port and protocol.
    """
    used = set(avoid)
    chosen: dict[Wish, int | None] = {}
    for wish in wanted:
        width = len(wish.numbers)
        chosen[wish] = None
        for first in _guesses(wish.first, zlib.crc32(seed.encode("utf-8", "surrogateescape")) % _STEPS):
            block = range(first, first + width)
            if used.isdisjoint(block) and all(can_be_had(wish.host_ip, port, wish.protocol) for port in block):
                used.update(block)
                chosen[wish] = first
                break
    return chosen


def _guesses(port: int, begin: int) -> Iterator[int]:
    for step in range(_STEPS):
        guess = _LOWEST + (port + _STEP * ((begin + step) % _STEPS)) % (_END - _LOWEST)
        if guess != port:
            yield guess
    yield from range(_LOWEST, _END)
