"""Checks of `number`, `port`, `boolean` and `duration`: the whole text has to be one."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation, localcontext

from seatrial.env.types.duration import milliseconds
from seatrial.env.types.model import ValueType, Violation

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_INTEGER = re.compile(r"-?[0-9]+")
_LONGEST_NUMBER = 400
_LARGEST_EXPONENT = 308
_PRECISE_ENOUGH = 2 * _LONGEST_NUMBER
_HIGHEST_PORT = 65535
_TRUE = ("t", "true", "yes", "on", "1")
_FALSE = ("f", "false", "no", "off", "0")


def as_number(text: str) -> Decimal | None:
    """The number a text is, or None: no blanks, no hexadecimal, nothing beyond what a double can hold."""
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        return None
    value = Decimal(text)
    return value if abs(value.adjusted()) <= _LARGEST_EXPONENT else None


def number(text: str, kind: ValueType) -> Iterator[Violation]:
    value = as_number(text)
    if value is None:
        yield Violation("is not a number")
        return
    if (kind.flag("isInt") or kind.number("precision") == 0) and not _INTEGER.fullmatch(text):
        yield Violation("is not a whole number")
    elif (places := kind.count("precision")) is not None and _decimal_places(value) > places:
        yield Violation(f"has more than {places} decimal places")
    least, most, divisor = kind.number("min"), kind.number("max"), kind.number("isDivisibleBy")
    if least is not None and value < least:
        yield Violation(f"is less than {least}")
    if most is not None and value > most:
        yield Violation(f"is more than {most}")
    if divisor is not None and not _divides(divisor, value):
        yield Violation(f"is not divisible by {divisor}")


def _decimal_places(value: Decimal) -> int:
    with localcontext() as context:
        context.prec = _PRECISE_ENOUGH
        exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _divides(divisor: Decimal, value: Decimal) -> bool:
    with localcontext() as context:
        context.prec = _PRECISE_ENOUGH
        try:
            return value % divisor == 0
        except InvalidOperation:
            return False


def port(text: str, kind: ValueType) -> Iterator[Violation]:
    least, most = kind.count("min") or 0, kind.count("max")
    most = _HIGHEST_PORT if most is None else most
    digits = text.isascii() and text.isdigit() and len(text) <= len(str(_HIGHEST_PORT))
    if not digits or not least <= int(text) <= most:
        yield Violation(f"is not a port (a whole number from {least} to {most})")


def boolean(text: str, _kind: ValueType) -> Iterator[Violation]:
    if text.lower() not in (*_TRUE, *_FALSE):
        yield Violation("is not a boolean (true, yes, on, t, 1 or false, no, off, f, 0)")


def duration(text: str, kind: ValueType) -> Iterator[Violation]:
    length = milliseconds(text)
    if length is None:
        yield Violation("is not a duration (500ms, 30s, 5m, 1h, 2days, or a number of milliseconds)")
        return
    least, most = kind.text("min"), kind.text("max")
    if least is not None and length < (milliseconds(least) or 0):
        yield Violation(f"is shorter than {least}")
    if most is not None and length > (milliseconds(most) or 0):
        yield Violation(f"is longer than {most}")
