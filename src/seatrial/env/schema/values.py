"""Reads the values of the schema language: quoted and bare text, calls, arrays and objects.

The grammar is that of @env-spec (dmno-dev/varlock, `packages/env-spec-parser/grammar.peggy`, 68a57c7). Inside a comment
a call may go on in the next line if that line starts with `#`; inside an item's value it simply goes on.
"""

import re
from dataclasses import dataclass

from seatrial.env.schema.nodes import Argument, Call, Listing, Node, Pairs, Text
from seatrial.env_syntax.cursor import Cursor

_DEEPEST = 16
_CALL = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\(")
_NAME_AND_EQUALS = re.compile(r"([A-Za-z][A-Za-z0-9_]*)[ \t]*=[ \t]*")
_BARE_ARGUMENT = re.compile(r"[^ \t\n,)'\"`][^ \t\n,)]*")
_BARE_ELEMENT = re.compile(r"(?!['\"`])(?:\$\{[^}\n]*\}|[^ \t\n,)}\]])+")
_OPEN_LIST = re.compile(r"\[")
_OPEN_PAIRS = re.compile(r"\{")

_ONE_LINE_QUOTED = re.compile(
    r'"(?P<d>[^"\\\n]*+(?:\\"?+[^"\\\n]*+)*+)"'
    r"|'(?P<s>[^'\\\n]*+(?:\\'?+[^'\\\n]*+)*+)'"
    r"|`(?P<b>[^`\\\n]*+(?:\\`?+[^`\\\n]*+)*+)`"
)
_TRIPLE_QUOTED = re.compile(
    r'"""(?P<d>(?:[^"\\]++|\\(?:""")?+|(?!""")")*+)"""'
    r"|```(?P<b>(?:[^`\\]++|\\(?:```)?+|(?!```)`)*+)```"
)
_SEVERAL_LINES_QUOTED = re.compile(
    r'"(?P<d>[^"\\]*+(?:\\"?+[^"\\]*+)*+)"'
    r"|'(?P<s>[^'\\]*+(?:\\'?+[^'\\]*+)*+)'"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: `gap` is what may lie between the parts of a call that continues."""

    gap: re.Pattern[str]


IN_COMMENT = Place(re.compile(r"(?:[ \t]|(?:#[^\n]*)?\n[ \t]*#[ \t]*)*+"))
IN_ITEM = Place(re.compile(r"(?:[ \t\n]|#[^\n]*)*+"))


def quoted(cursor: Cursor, *, several_lines: bool = False) -> Text | None:
    """A quoted text, or None with the cursor unmoved. Only an item's own value may have several lines."""
    start = cursor.text[cursor.position : cursor.position + 3]
    if several_lines and start in ('"""', "```"):
        match = cursor.take(_TRIPLE_QUOTED)
        if match and "\n" in match[0]:
            return _unescaped(match, start)
        cursor.position = match.start() if match else cursor.position
    match = cursor.take(_ONE_LINE_QUOTED) or (cursor.take(_SEVERAL_LINES_QUOTED) if several_lines else None)
    return _unescaped(match, match[0][0]) if match else None


def _unescaped(match: re.Match[str], quote: str) -> Text:
    content = next(group for group in match.groups() if group is not None)
    return Text(content.replace(f"\\{quote[0]}", quote[0]), quote)


def call(cursor: Cursor, place: Place, depth: int = 0) -> Call | None:
    """`name(…)`, or None with the cursor unmoved when it is none or its bracket is never closed."""
    start = cursor.position
    opening = cursor.take(_CALL)
    if not opening:
        return None
    arguments = arguments_after_bracket(cursor, place, depth)
    if arguments is None:
        cursor.position = start
        return None
    return Call(opening[1], arguments)


def arguments_after_bracket(cursor: Cursor, place: Place, depth: int = 0) -> tuple[Argument, ...] | None:
    """The arguments up to and with `)`, the `(` being taken already; None when they do not end well."""
    arguments: list[Argument] = []
    while depth < _DEEPEST:
        cursor.take(place.gap)
        if _takes(cursor, ")"):
            return tuple(arguments)
        name = cursor.take(_NAME_AND_EQUALS)
        value = _value(cursor, place, _BARE_ARGUMENT, depth + 1)
        if value is None:
            return None
        arguments.append(Argument(name[1] if name else None, value))
        cursor.take(place.gap)
        if not _takes(cursor, ",") and not cursor.text.startswith(")", cursor.position):
            return None
    return None


def literal(cursor: Cursor, place: Place, depth: int = 0) -> Listing | Pairs | None:
    """`[…]` or `{…}`, or None with the cursor unmoved: JSON, for one, is no literal but text."""
    start = cursor.position
    found: Listing | Pairs | None = None
    if depth < _DEEPEST and cursor.take(_OPEN_LIST):
        found = _listing(cursor, place, depth)
    elif depth < _DEEPEST and cursor.take(_OPEN_PAIRS):
        found = _pairs(cursor, place, depth)
    if found is None:
        cursor.position = start
    return found


def _listing(cursor: Cursor, place: Place, depth: int) -> Listing | None:
    elements: list[Node] = []
    while True:
        cursor.take(place.gap)
        if _takes(cursor, "]"):
            return Listing(tuple(elements))
        value = _value(cursor, place, _BARE_ELEMENT, depth + 1)
        if value is None or not _separated(cursor, place, "]"):
            return None
        elements.append(value)


def _pairs(cursor: Cursor, place: Place, depth: int) -> Pairs | None:
    pairs: list[tuple[str, Node]] = []
    while True:
        cursor.take(place.gap)
        if _takes(cursor, "}"):
            return Pairs(tuple(pairs))
        name = cursor.take(_NAME_AND_EQUALS)
        value = _value(cursor, place, _BARE_ELEMENT, depth + 1) if name else None
        if name is None or value is None or not _separated(cursor, place, "}"):
            return None
        pairs.append((name[1], value))


def _separated(cursor: Cursor, place: Place, closing: str) -> bool:
    cursor.take(place.gap)
    return _takes(cursor, ",") or cursor.text.startswith(closing, cursor.position)


def _value(cursor: Cursor, place: Place, bare: re.Pattern[str], depth: int) -> Node | None:
    node = literal(cursor, place, depth) or call(cursor, place, depth) or quoted(cursor)
    if node is not None:
        return node
    match = cursor.take(bare)
    return Text(match[0]) if match else None


def _takes(cursor: Cursor, mark: str) -> bool:
    if cursor.text.startswith(mark, cursor.position):
        cursor.position += len(mark)
        return True
    return False
