"""A type in words, for documentation and prompts."""

from collections.abc import Iterator

from seatrial.env.types.model import OptionValue, Pattern, ValueType

_PHRASES = {
    "isLength": "exactly {} long",
    "minLength": "at least {} long",
    "maxLength": "at most {} long",
    "startsWith": 'starts with "{}"',
    "endsWith": 'ends with "{}"',
    "matches": "matches {}",
    "min": "at least {}",
    "max": "at most {}",
    "precision": "at most {} decimal places",
    "isDivisibleBy": "divisible by {}",
    "allowedDomains": "host is one of {}",
    "version": "version {}",
    "separator": 'separated by "{}"',
    "format": "written as {}",
    "keyType": "keys: {}",
    "entriesIsLength": "exactly {} entries",
    "entriesMinLength": "at least {} entries",
    "entriesMaxLength": "at most {} entries",
}
_FLAGS = {
    "isInt": "whole",
    "allowEmpty": "may be empty",
    "noTrailingSlash": "no slash at the end",
    "unique": "no element twice",
}


def described(kind: ValueType) -> str:
    """`port, at least 1024`, `enum: debug, info`, `array of email, separated by ";"`."""
    if kind.name == "enum":
        return f"enum: {', '.join(kind.members)}"
    name = f"{kind.name} of {described(kind.element)}" if kind.element else kind.name
    return ", ".join((name, *_limits(kind)))


def _limits(kind: ValueType) -> Iterator[str]:
    for option, value in kind.options:
        if option in _FLAGS:
            if value is True:
                yield _FLAGS[option]
        elif option in _PHRASES:
            yield _PHRASES[option].format(_shown(value))


def _shown(value: OptionValue) -> str:
    if isinstance(value, ValueType):
        return described(value)
    if isinstance(value, Pattern):
        return value.source
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value)
