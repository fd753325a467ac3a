"""The options of the types: which exist, how each is read, and which contradict each other."""

from decimal import Decimal
from enum import Enum
from itertools import pairwise

from seatrial.env.schema.nodes import Node, Text
from seatrial.env.schema.static import as_switch, as_text, as_words
from seatrial.env.types.duration import milliseconds
from seatrial.env.types.model import OptionValue
from seatrial.env.types.numbers import as_number
from seatrial.env.types.pattern import pattern


class Kind(Enum):
    """What an option has to be, in words."""

    COUNT = "a whole number from 0"
    NUMBER = "a number"
    DIVISOR = "a number other than 0"
    PORT = "a whole number from 0 to 65535"
    VERSION = "4 or 6"
    SWITCH = "true or false"
    TEXT = "a text"
    SEPARATOR = "a text that is not empty"
    FORMAT = "separator or json"
    WORDS = "a list of words"
    PATTERN = "a regular expression that JavaScript and Python both understand"
    DURATION = "a duration"
    TYPE = "a type"


REWRITING = frozenset({"toUpperCase", "toLowerCase", "prependHttps", "normalize", "coerceToMinMaxRange", "output"})

_LENGTHS = {"minLength": Kind.COUNT, "maxLength": Kind.COUNT, "isLength": Kind.COUNT}
OPTIONS: dict[str, dict[str, Kind]] = {
    "string": {
        **_LENGTHS,
        "startsWith": Kind.TEXT,
        "endsWith": Kind.TEXT,
        "matches": Kind.PATTERN,
        "allowEmpty": Kind.SWITCH,
    },
    "number": {
        "min": Kind.NUMBER,
        "max": Kind.NUMBER,
        "isInt": Kind.SWITCH,
        "precision": Kind.COUNT,
        "isDivisibleBy": Kind.DIVISOR,
    },
    "boolean": {},
    "enum": {},
    "port": {"min": Kind.PORT, "max": Kind.PORT},
    "url": {"allowedDomains": Kind.WORDS, "noTrailingSlash": Kind.SWITCH, "matches": Kind.PATTERN},
    "email": {},
    "ip": {"version": Kind.VERSION},
    "semver": {},
    "uuid": {},
    "md5": {},
    "isoDate": {},
    "duration": {"min": Kind.DURATION, "max": Kind.DURATION},
    "simple-object": {},
    "array": {**_LENGTHS, "separator": Kind.SEPARATOR, "format": Kind.FORMAT, "unique": Kind.SWITCH},
    "record": {
        "keyType": Kind.TYPE,
        "entriesMinLength": Kind.COUNT,
        "entriesMaxLength": Kind.COUNT,
        "entriesIsLength": Kind.COUNT,
    },
}

_LARGEST_COUNT = 10_000_000


def option_value(kind: Kind, node: Node) -> OptionValue | None:
    """The value of an option, or None when the node is not of its kind."""
    text = as_text(node)
    match kind:
        case Kind.SWITCH:
            return as_switch(node)
        case Kind.WORDS:
            return as_words(node)
        case Kind.PATTERN:
            return pattern(node.text) if isinstance(node, Text) else None
        case Kind.TEXT:
            return text
        case Kind.SEPARATOR:
            return text or None
        case Kind.FORMAT:
            return text if text in ("separator", "json") else None
        case Kind.DURATION:
            return text if text is not None and milliseconds(text) is not None else None
    return _number(kind, text)


def _number(kind: Kind, text: str | None) -> Decimal | None:
    value = as_number(text) if text is not None else None
    if value is None:
        return None
    whole = value == value.to_integral_value()
    fits = {
        Kind.COUNT: whole and 0 <= value <= _LARGEST_COUNT,
        Kind.PORT: whole and 0 <= value <= 65535,
        Kind.VERSION: value in (4, 6),
        Kind.DIVISOR: value != 0,
        Kind.NUMBER: True,
    }
    return value if fits.get(kind, False) else None


def contradiction(options: tuple[tuple[str, OptionValue], ...]) -> str | None:
    """Which two limits exclude each other, in words; None if none do."""
    sizes = {name: size for name, value in options if (size := _size(value)) is not None}
    for least, exact, most in (
        ("min", "", "max"),
        ("minLength", "isLength", "maxLength"),
        ("entriesMinLength", "entriesIsLength", "entriesMaxLength"),
    ):
        given = [name for name in (least, exact, most) if name in sizes]
        for low, high in pairwise(given):
            if sizes[low] > sizes[high]:
                return f"{low} is above {high}"
    return None


def _size(value: OptionValue) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    return milliseconds(value) if isinstance(value, str) else None
