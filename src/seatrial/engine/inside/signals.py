"""Signals by the numbers of Linux: the engine's host has them, the machine we run on may have others. Pure."""

from __future__ import annotations

import re

# 1 to 31, the same for x86 and ARM.
_IN_ORDER = (
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG "
    "XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
)
_NUMBERS = {name: number for number, name in enumerate(_IN_ORDER.split(), start=1)}
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
