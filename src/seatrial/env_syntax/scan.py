"""Cuts an env file into statements the way Compose's reader does, with exact places.

The reading order is that of compose-go (`dotenv/parser.go`, e70e961). What Compose refuses becomes a statement with a
fault, and reading goes on in the next line, so that one run finds everything. Nothing here decides what a container
gets: only the installed Compose does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from seatrial.env_syntax.cursor import Cursor

BLANKS = " \t\v\f\r\x85\xa0"
_SPACES = r"[ \t\v\f\r\x85\xa0\n\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_BETWEEN = re.compile(rf"(?:{_SPACES}|#[^\n]*)*+")
_EXPORT = re.compile(rf"export(?=[ \t\n\f\r])[{BLANKS}]*")
_KEY = re.compile(r"([^=:\n]*)([=:\n]|\Z)")
_KEY_CHARACTERS = re.compile(rf"[\w.\-\[\]{BLANKS}]*")
_GAP = re.compile(rf"[{BLANKS}]*")
_LINE = re.compile(r"([^\n]*)(?:\n|\Z)")
_TRAILING_SPACES = re.compile(rf"{_SPACES}+\Z")
_QUOTED = {
    '"': re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"', re.DOTALL),
    "'": re.compile(r"'([^'\\]*+(?:\\.[^'\\]*+)*+)'", re.DOTALL),
}
_PAIR = re.compile(r"\\(.)", re.DOTALL)
_ESCAPE = re.compile(r'\\([abcfnrtv$"\\]|0[0-9]{0,3})')
_ESCAPED = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", '"': '"', "\\": "\\", "$": "$$",
}  # fmt: skip
_OCTAL_DIGITS = 3
_HIGHEST_OCTAL = 0o377


class Fault(Enum):
    """Why Compose cannot read a statement, or reads another one than is written there."""

    KEY_CHARACTER = "a character that no name may have"
    KEY_SPACE = "a blank inside the name"
    KEY_EMPTY = "no name"
    UNCLOSED = "a quote that is never closed"
    TEXT_BEHIND = "text behind the closing quote"
    NO_LINE_END = "a name at the very end of the file"


@dataclass(frozen=True, slots=True)
class Statement:
    """One assignment, one bare name, or one fault.

    `line` counts from 1. `raw` is the value as written, quotes included, at `text[start:end]`; `value` is what it means
    before variables are put in (`$$` stands for one dollar). A bare name has `delimiter` "" and inherits from the
    shell. `gap` is the white space before the value; `comment` tells that a ` #` ended an unquoted value. A printed
    statement shows neither `raw` nor `value`.
    """

    line: int
    key: str = ""
    delimiter: str = ""
    gap: str = ""
    quote: str = ""
    raw: str = field(default="", repr=False)
    value: str = field(default="", repr=False)
    start: int = 0
    end: int = 0
    comment: bool = False
    fault: Fault | None = None

    @property
    def inherits(self) -> bool:
        return self.fault is None and not self.delimiter


def statements(text: str) -> Iterator[Statement]:
    """The statements of an env file without byte order mark, from top to bottom, in linear time."""
    cursor = Cursor(text)
    while cursor.take(_BETWEEN) and not cursor.at_end:
        yield _statement(cursor)


def _statement(cursor: Cursor) -> Statement:
    line = cursor.line
    cursor.take(_EXPORT)
    match = cursor.take(_KEY)
    if match is None:  # the pattern matches the empty text
        raise AssertionError
    key, delimiter = match[1], match[2]
    fault = _key_fault(key, delimiter)
    if fault:
        cursor.position = match.start()
        cursor.take(_LINE)
        return Statement(line, fault=fault)
    name = _TRAILING_SPACES.sub("", key)
    if delimiter == "\n":
        return Statement(line, name)
    gap = cursor.take(_GAP)
    head = Statement(line, name, delimiter, gap[0] if gap else "", start=cursor.position)
    quote = cursor.text[cursor.position : cursor.position + 1]
    return _quoted(cursor, head, quote) if quote in _QUOTED else _unquoted(cursor, head)


def _key_fault(key: str, delimiter: str) -> Fault | None:
    if not _KEY_CHARACTERS.fullmatch(key):
        return Fault.KEY_CHARACTER
    if not delimiter:
        return Fault.NO_LINE_END
    name = _TRAILING_SPACES.sub("", key)
    if any(blank in name for blank in BLANKS):
        return Fault.KEY_SPACE
    return None if name or delimiter == "\n" else Fault.KEY_EMPTY


def _unquoted(cursor: Cursor, head: Statement) -> Statement:
    match = cursor.take(_LINE)
    line = match[1] if match else ""
    cut, mark, _ = line.partition(" #")
    raw = _TRAILING_SPACES.sub("", cut)
    return _with(head, raw=raw, value=raw, comment=bool(mark))


def _quoted(cursor: Cursor, head: Statement, quote: str) -> Statement:
    match = cursor.take(_QUOTED[quote])
    if not match:
        cursor.take(_LINE)
        return _with(head, quote=quote, fault=Fault.UNCLOSED)
    value = _PAIR.sub(lambda pair: quote if pair[1] == quote else pair[0], match[1])
    if quote == '"':
        value = _ESCAPE.sub(_unescaped, value)
    behind = cursor.take(_LINE)
    rest = behind[1].strip(BLANKS) if behind else ""
    fault = None if not rest or rest.startswith("#") else Fault.TEXT_BEHIND
    return _with(head, quote=quote, raw=match[0], value=value, fault=fault)


def _with(  # noqa: PLR0913  the fields that a value adds
    head: Statement,
    *,
    raw: str = "",
    value: str = "",
    quote: str = "",
    comment: bool = False,
    fault: Fault | None = None,
) -> Statement:
    end = head.start + len(raw)
    place = (head.line, head.key, head.delimiter, head.gap, quote, raw, value, head.start, end)
    return Statement(*place, comment, fault)


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if not code.startswith("0"):
        return _ESCAPED.get(code, match[0])
    digits = code[1:]
    octal = len(digits) == _OCTAL_DIGITS and all(digit in "01234567" for digit in digits)
    return chr(int(digits, 8)) if octal and int(digits, 8) <= _HIGHEST_OCTAL else match[0]
