"""Checks of `array`, `record` and `simple-object`. Elements are named by their place: their text may be secret."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from seatrial.env.types.model import ValueType, Violation

Check: TypeAlias = Callable[[str, ValueType], Iterable[Violation]]


def elements(text: str, kind: ValueType) -> list[str] | None:
    """The elements of an array, or None if the text is none.

    `["a", "b"]` is read as JSON, everything else is split at the separator; `format=json` allows JSON only.
    """
    stripped = text.strip()
    if stripped.startswith("["):
        parsed = _json(stripped)
        return [_as_text(element) for element in parsed] if isinstance(parsed, list) else None
    if kind.text("format") == "json":
        return None
    return [part.strip() for part in stripped.split(kind.text("separator") or ",") if part.strip()]


def array(text: str, kind: ValueType, check: Check) -> Iterator[Violation]:
    found = elements(text, kind)
    if found is None:
        yield Violation("is not a JSON array")
        return
    yield from _amount(len(found), kind, ("isLength", "minLength", "maxLength"), "elements")
    if kind.flag("unique") and len(set(found)) < len(found):
        yield Violation("has the same element twice")
    yield from _each(found, kind.element, check, "element")


def record(text: str, kind: ValueType, check: Check) -> Iterator[Violation]:
    parsed = _json(text)
    if not isinstance(parsed, dict):
        yield Violation("is not a JSON object")
        return
    names = ("entriesIsLength", "entriesMinLength", "entriesMaxLength")
    yield from _amount(len(parsed), kind, names, "entries")
    yield from _each(list(parsed), kind.nested("keyType"), check, "the key of entry")
    yield from _each([_as_text(value) for value in parsed.values()], kind.element, check, "the value of entry")


def simple_object(text: str, _kind: ValueType) -> Iterator[Violation]:
    if not isinstance(_json(text), dict):
        yield Violation("is not a JSON object")


def _each(texts: list[str], kind: ValueType | None, check: Check, word: str) -> Iterator[Violation]:
    if kind is None:
        return
    for place, text in enumerate(texts, start=1):
        for violation in check(text, kind):
            yield Violation(f"is wrong: {word} {place} {violation.text}", violation.severity)


def _amount(found: int, kind: ValueType, names: tuple[str, str, str], word: str) -> Iterator[Violation]:
    exact, least, most = (kind.count(name) for name in names)
    if exact is not None and found != exact:
        yield Violation(f"does not have exactly {exact} {word}")
    if exact is None and found < (1 if least is None else least):
        yield Violation(f"has fewer than {1 if least is None else least} {word}")
    if most is not None and found > most:
        yield Violation(f"has more than {most} {word}")


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
