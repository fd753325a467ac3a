"""Figures and times as people read them in a column. Pure."""

from __future__ import annotations

_STEPS = ((1.0, 60.0, "s"), (60.0, 60.0, "min"), (3600.0, 48.0, "h"), (86400.0, float("inf"), "d"))
_KILO = 1000.0


def age(seconds: float | None) -> str:
    """`12 s`, `5 min`, `3 h`, `4 d`."""
    if seconds is None:
        return ""
    unit_s, _, word = next(step for step in _STEPS if seconds / step[0] < step[1])
    return f"{int(seconds / unit_s)} {word}"


def cores(used: float | None) -> str:
    """In hundredths of one core, as `docker stats` has it."""
    if used is None:
        return "-"
    percent = used * 100
    return f"{percent:.1f} %" if percent < 9.95 else f"{percent:.0f} %"


def size(count: int | None) -> str:
    """`812 kB`, `12.3 MB`, `134 MB`, `1.2 GB`."""
    if count is None:
        return "-"
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < _KILO * 0.9995 or unit == "GB":
            return f"{value:.1f} {unit}" if value < 99.95 and unit in ("MB", "GB") else f"{value:.0f} {unit}"
        value /= _KILO
    raise AssertionError
