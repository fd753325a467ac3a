"""The engine's times. Pure."""

from __future__ import annotations

from datetime import datetime


def nanoseconds(stamp: str) -> int:
    """An engine's RFC 3339 time, in whatever zone, as nanoseconds since the epoch; 0 for the year 1, which is never."""
    whole, _, rest = stamp.partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    seconds = int(datetime.fromisoformat(whole + rest[len(digits) :]).timestamp())
    return seconds * 10**9 + int(f"{digits:0<9}"[:9]) if seconds > 0 else 0
