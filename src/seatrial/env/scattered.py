"""Secrets anywhere in a compose model, not only in environments: labels, build arguments, commands, URLs. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatrial.env.known import secrets_among

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seatrial.env.secret import Secret


def scattered(model: Any) -> tuple[Secret, ...]:
    """By what they are called: `key: value`, `KEY=value`, `--key value`; and passwords in URLs under any name."""
    return tuple(dict.fromkeys(secrets_among(_pairs(model, ""), None)))


def _pairs(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _pairs(inner, str(key))
    elif isinstance(value, list):
        yield from _listed(value, name)
    elif isinstance(value, str):
        yield _name(name), value
        key, separator, rest = value.partition("=")
        if separator:
            yield _name(key), rest


def _listed(values: Iterable[Any], name: str) -> Iterator[tuple[str, str]]:
    before = ""
    for value in values:
        if isinstance(value, str) and before.startswith("-"):
            yield _name(before), value
        yield from _pairs(value, name)
        before = value if isinstance(value, str) and "=" not in value else ""


def _name(text: str) -> str:
    """`com.example.db-password` and `--db-password` as a variable would be called."""
    return text.lstrip("-").replace("-", "_").replace(".", "_")
