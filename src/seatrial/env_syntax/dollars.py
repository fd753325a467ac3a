"""Finds what Compose would replace in a value: `$NAME`, `${NAME…}`, `$$`, and what it cannot read.

The forms are those of compose-go (`template/template.go`, e70e961). `$1`, `$(` and a lone `$` are plain text.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum

_START = re.compile(r"\$(?:(?P<escaped>\$)|(?P<bare>[A-Za-z_][A-Za-z0-9_]*)|(?P<brace>\{))")
_NAME = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(?:(\})|(:?[-+?]))")
_BRACKET = re.compile(r"[{}]")


class Form(Enum):
    """How a dollar is written."""

    ESCAPED = "$$"
    BARE = "$NAME"
    BRACED = "${NAME}"
    INVALID = "${"


@dataclass(frozen=True, slots=True)
class Dollar:
    """One dollar of a value. `operator` is `:-`, `-`, `:+`, `+`, `:?`, `?` or nothing, `argument` what follows it."""

    form: Form
    start: int
    end: int
    name: str = field(default="", repr=False)
    operator: str = ""
    argument: str = field(default="", repr=False)


def dollars(value: str) -> Iterator[Dollar]:
    """The dollars that mean something, from left to right; those inside an argument are not listed again.

    It ends at the first one that Compose cannot read: the whole value is refused then.
    """
    position = 0
    while match := _START.search(value, position):
        found = _dollar(value, match)
        yield found
        if found.form is Form.INVALID:
            return
        position = found.end


def _dollar(value: str, match: re.Match[str]) -> Dollar:
    if match["escaped"]:
        return Dollar(Form.ESCAPED, match.start(), match.end())
    if match["bare"]:
        return Dollar(Form.BARE, match.start(), match.end(), match["bare"])
    name = _NAME.match(value, match.start("brace"))
    if name and name[2]:
        return Dollar(Form.BRACED, match.start(), name.end(), name[1])
    closing = _closing(value, match.start("brace")) if name else -1
    if not name or closing < 0:
        return Dollar(Form.INVALID, match.start(), match.end())
    return Dollar(Form.BRACED, match.start(), closing + 1, name[1], name[3], value[name.end() : closing])


def _closing(value: str, start: int) -> int:
    """The bracket that closes the one at `start`: on its line, as deep as Compose counts; -1 if there is none.

    When the brackets do not balance, Compose takes the last one, and stops if there is a variable between.
    """
    line_end = value.find("\n", start)
    depth, position, last = 0, start, -1
    for match in _BRACKET.finditer(value, start, line_end if line_end >= 0 else len(value)):
        if match.start() < position:
            continue
        position = match.end()
        if match[0] == "}":
            depth, last = depth - 1, match.start()
        else:
            depth += 1
            position += 1  # Compose steps over the character behind an opening bracket
        if depth == 0:
            return match.start()
    return -1 if "${" in value[start:last] else last


def expanded(value: str, lookup: Callable[[str], str | None]) -> str:
    """The value with its variables put in, for places that only have to be found: values are asked of Compose."""
    pieces: list[str] = []
    kept_to = 0
    for dollar in dollars(value):
        pieces += (value[kept_to : dollar.start], _put_in(dollar, value, lookup))
        kept_to = dollar.end
    return "".join((*pieces, value[kept_to:]))


def _put_in(dollar: Dollar, value: str, lookup: Callable[[str], str | None]) -> str:
    if dollar.form is Form.ESCAPED:
        return "$"
    if dollar.form is Form.INVALID:
        return value[dollar.start : dollar.end]
    found = lookup(dollar.name)
    counts = found is not None and not (dollar.operator.startswith(":") and not found)
    if dollar.operator.endswith("-") and not counts:
        return expanded(dollar.argument, lookup)
    if dollar.operator.endswith("+"):
        return expanded(dollar.argument, lookup) if counts else ""
    return found or ""
