"""How a wrong value is shown: a public one in quotes, a secret one not at all."""

from seatrial.env.schema.model import Item
from seatrial.env.types import Violation

_LONGEST = 60


def presented(text: str, item: Item, violation: Violation) -> str:
    """`"80a" is not a port (…)` for a public item, `is not a port (…); the value is not shown` for a secret one."""
    if item.sensitive:
        return f"{violation.text}; the value is not shown"
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f'"{short.encode("unicode_escape").decode("ascii") if not short.isprintable() else short}" {violation.text}'
