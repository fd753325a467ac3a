"""What an env file means to Compose, as far as its statements tell: lint and scan are held against it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.env_syntax.dollars import Dollar, Form, dollars
from seatrial.env_syntax.scan import Fault, statements

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Lookup = Callable[[str], str | None]

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data" / "env_cases.json").read_text(encoding="utf-8")
)["cases"]


class Refused(Exception):
    """Compose would stop at this file."""


class Surprising(Exception):
    """Compose would read something else than the line says."""


def read(text: str, shell: Mapping[str, str] | None = None) -> dict[str, str]:
    """Key to value; raises `Refused` or `Surprising`."""
    around = shell or {}
    found: dict[str, str] = {}

    def lookup(name: str) -> str | None:
        return around.get(name, found.get(name))

    for statement in statements(text):
        if statement.fault in (Fault.TEXT_BEHIND, Fault.KEY_EMPTY, Fault.NO_LINE_END):
            raise Surprising
        if statement.fault:
            raise Refused
        if not statement.inherits:
            plain = statement.quote == "'"
            found[statement.key] = statement.value if plain else expanded(statement.value, lookup)
        elif statement.key in around:
            found[statement.key] = around[statement.key]
    return found


def expanded(value: str, lookup: Lookup) -> str:
    pieces: list[str] = []
    kept_to = 0
    for dollar in dollars(value):
        pieces += (value[kept_to : dollar.start], _one(dollar, lookup))
        kept_to = dollar.end
    return "".join((*pieces, value[kept_to:]))


def _one(dollar: Dollar, lookup: Lookup) -> str:
    if dollar.form is Form.INVALID:
        raise Refused
    if dollar.form is Form.ESCAPED:
        return "$"
    found = lookup(dollar.name)
    counts = found is not None and not (dollar.operator.startswith(":") and not found)
    match dollar.operator[-1:]:
        case "-" if not counts:
            return expanded(dollar.argument, lookup)
        case "+" if counts:
            return expanded(dollar.argument, lookup)
        case "?" if not counts:
            raise Refused
    return found or ""


def reading(text: str, shell: Mapping[str, str] | None = None) -> dict[str, str] | str:
    """What `read` answers, or in a word why it does not."""
    try:
        return read(text, shell)
    except Refused:
        return "refused"
    except Surprising:
        return "surprising"
