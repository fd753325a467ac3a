"""The type of a variable as a value: its name, its options, and what a violation is."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from seatrial.env.problem import Severity


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression: as written in the schema, and compiled."""

    source: str
    compiled: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class ValueType:
    """A type as an item of the schema has it.

    `members` are the words of an `enum`; `element` is the type inside an `array` or `record`. Options keep the names of
    the schema language; the typed getters answer None (or False) when an option is not given.
    """

    name: str = "string"
    options: "tuple[tuple[str, OptionValue], ...]" = ()
    members: tuple[str, ...] = ()
    element: "ValueType | None" = None

    def option(self, name: str) -> "OptionValue | None":
        return next((value for known, value in self.options if known == name), None)

    def number(self, name: str) -> Decimal | None:
        value = self.option(name)
        return value if isinstance(value, Decimal) else None

    def count(self, name: str) -> int | None:
        value = self.number(name)
        return None if value is None else int(value)

    def text(self, name: str) -> str | None:
        value = self.option(name)
        return value if isinstance(value, str) else None

    def flag(self, name: str) -> bool:
        return self.option(name) is True

    def pattern(self, name: str) -> Pattern | None:
        value = self.option(name)
        return value if isinstance(value, Pattern) else None

    def names(self, name: str) -> tuple[str, ...]:
        value = self.option(name)
        return value if isinstance(value, tuple) else ()

    def nested(self, name: str) -> "ValueType | None":
        value = self.option(name)
        return value if isinstance(value, ValueType) else None


OptionValue: TypeAlias = str | bool | Decimal | Pattern | tuple[str, ...] | ValueType


@dataclass(frozen=True, slots=True)
class Violation:
    """How a text misses its type, as the end of a sentence: `is not a port (…)`. It never holds the text itself."""

    text: str
    severity: Severity = Severity.ERROR
