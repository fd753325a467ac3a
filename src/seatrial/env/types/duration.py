"""Durations as people write them (`500ms`, `30s`, `2days`), in milliseconds."""

import re
from decimal import Decimal

_DURATION = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,15})?)[ \t]*([A-Za-z]*)")
_UNITS = {
    1: "ms millis millisecond milliseconds",
    1_000: "s sec secs second seconds",
    60_000: "m min mins minute minutes",
    3_600_000: "h hr hrs hour hours",
    86_400_000: "d day days",
    604_800_000: "w wk wks week weeks",
}
_MILLISECONDS = {name: Decimal(size) for size, names in _UNITS.items() for name in names.split()}


def milliseconds(text: str) -> Decimal | None:
    """The length of a duration, or None if the text is none. A bare number counts milliseconds."""
    match = _DURATION.fullmatch(text)
    if not match:
        return None
    unit = _MILLISECONDS.get((match[2] or "ms").lower())
    if unit is None:
        return None
    length = Decimal(match[1]) * unit
    return None if 0 < length < Decimal("0.5") else length
