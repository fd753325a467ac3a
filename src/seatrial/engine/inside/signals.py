"""Signals by the numbers of Linux: the engine's host has them, the machine we run on may have others. Pure."""

from __future__ import annotations

import re

# 1 to 31, the same for x86 and ARM.
_IN_ORDER = (
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG "
    "XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
)
_NAMES = _IN_ORDER.split()
_NUMBERS = {name: number for number, name in enumerate(_NAMES, start=1)}
_REALTIME = {"RTMIN": 34, "RTMAX": 64}  # as C libraries and the engine count
_LAST = 64


def number(name: str) -> int:
    """15 for "SIGTERM", "term" or "15"; "SIGRTMIN+3" works too.

    Raises:
        ValueError: Linux has no such signal.
    """
    word = name.strip().upper().removeprefix("SIG")
    if word in _NUMBERS:
        return _NUMBERS[word]
    parts = re.fullmatch(r"(RTMIN|RTMAX)?([+-]?\d+)?", word)
    found = _REALTIME.get(parts[1], 0) + int(parts[2] or 0) if parts else 0
    if not 1 <= found <= _LAST:
        raise ValueError(f"Linux has no signal {name}")
    return found


def name(number: int) -> str:
    """`SIGTERM` for 15, `SIGRTMIN+3` for 37, `SIGRTMAX-2` for 62; `signal 99` for what Linux has not."""
    if 1 <= number <= len(_NAMES):
        return f"SIG{_NAMES[number - 1]}"
    low, high = number - _REALTIME["RTMIN"], _REALTIME["RTMAX"] - number
    if low < 0 or high < 0:
        return f"signal {number}"
    word, distance = ("RTMIN", f"+{low}") if low <= high else ("RTMAX", f"-{high}")
    return f"SIG{word}{distance if int(distance) else ''}"
