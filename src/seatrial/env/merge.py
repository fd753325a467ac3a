"""Adds to an env file what its schema has and the file has not. Lines that set a value stay byte for byte."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath
from random import Random

from seatrial.env.encoding import decoded
from seatrial.env.orphaned import below
from seatrial.env.problem import Problem
from seatrial.env.schema.generate import generated
from seatrial.env.schema.model import Item, Schema, Template
from seatrial.env.secret import Secret
from seatrial.env.write import quoted, quoted_template
from seatrial.env_syntax.scan import Fault, Statement, statements


@dataclass(frozen=True, slots=True)
class Additions:
    """What goes into the file: answers for some keys, the randomness of the generators, the day."""

    today: date
    source: Random
    values: Mapping[str, Secret]


@dataclass(frozen=True, slots=True)
class Merged:
    """An env file with what it lacked.

    `data` is the whole file; when nothing was lacking it is what came in. `added` are the keys that were appended, or
    put below their description where that still stood there. `filled` are those that stood there without a value
    although the schema demands one, `missing` the items that still need one. With `problems` nothing was done.
    """

    data: bytes = field(repr=False)
    added: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    missing: tuple[Item, ...] = ()
    problems: tuple[Problem, ...] = ()


def merged(existing: bytes, schema: Schema, additions: Additions, file: str = ".env") -> Merged:
    """Add to an env file what the schema has and the file has not; `file` is its name in problems.

    Raises `NotWritableError` for an answer that no environment can hold.
    """
    found = decoded(existing, file)
    problems = (found.problem,) if found.problem else tuple(_unsafe(found.text, file))
    if problems:
        return Merged(existing, problems=problems)
    present = {statement.key: statement for statement in statements(found.text) if statement.key}
    absent = [item for item in schema.items if item.key not in present]
    empty = [item for item in schema.items if item.required and _is_empty(present.get(item.key))]
    written = {item.key: _start(item, additions) for item in (*absent, *empty)}
    filled = {item.key: written[item.key] for item in empty if written[item.key]}
    missing = tuple(item for item in schema.items if item.required and not _has_value(item, written))
    if not absent and not filled:
        return Merged(existing, missing=missing)
    text = _filled(found.text, present, filled)
    line_end = "\r\n" if "\r\n" in text else "\n"
    text, back = _put_back(text, absent, written, line_end)
    block = _block(
        [item for item in absent if item.key not in back],
        written,
        f"# Added by seatrial on {additions.today.isoformat()} from {PurePath(schema.file).name}",
    )
    byte_order_mark = existing[: len(existing) - len(found.text.encode())]
    data = byte_order_mark + _appended(text, block, line_end).encode()
    return Merged(data, tuple(item.key for item in absent), tuple(filled), missing)


def _start(item: Item, additions: Additions) -> str:
    """What an item starts with, as it is written; empty when nothing is known."""
    if item.key in additions.values:
        return quoted(additions.values[item.key].reveal())
    if item.initial is None:
        return ""
    if isinstance(item.initial, Template):
        return quoted_template(item.initial)
    return quoted(generated(item.initial, additions.source))


def _has_value(item: Item, written: Mapping[str, str]) -> bool:
    if item.type.flag("allowEmpty") and item.initial is not None:
        return True
    return written.get(item.key) != ""


def _unsafe(text: str, file: str) -> Iterator[Problem]:
    """A fault after which an appended line would not be read as a line."""
    for statement in statements(text):
        if statement.fault is Fault.UNCLOSED:
            message = "a quote opens here and never closes: what is appended would become a part of the value"
            yield Problem(file, statement.line, None, "UnclosedQuote", message, "close the quote first")


def _is_empty(statement: Statement | None) -> bool:
    return statement is not None and statement.fault is None and bool(statement.delimiter) and not statement.value


def _filled(text: str, present: Mapping[str, Statement], filled: Mapping[str, str]) -> str:
    pieces: list[str] = []
    kept_to = 0
    for statement in sorted((present[key] for key in filled), key=lambda each: each.start):
        start = statement.start if statement.raw else statement.start - len(statement.gap)
        pieces += (text[kept_to:start], filled[statement.key])
        kept_to = start + len(statement.raw)
    return "".join((*pieces, text[kept_to:]))


def _put_back(
    text: str, absent: Iterable[Item], written: Mapping[str, str], line_end: str
) -> tuple[str, frozenset[str]]:
    """With those lines whose description is still there; their keys. The file would tell the same twice otherwise."""
    back: set[str] = set()
    for item in absent:
        notes = list(_notes(item, ""))
        place = below(text, list(_described(item)), notes)
        if place is not None:
            text = f"{text[:place]}{item.key}={written[item.key]}{line_end}{text[place:]}"
            back.add(item.key)
    return text, frozenset(back)


def _block(absent: list[Item], written: Mapping[str, str], title: str) -> list[str]:
    if not absent:
        return []
    lines = [title]
    for item in absent:
        lines += ("", *_comments(item, written[item.key]), f"{item.key}={written[item.key]}")
    return lines


def _comments(item: Item, written: str) -> Iterator[str]:
    yield from _described(item)
    yield from _notes(item, written)


def _described(item: Item) -> Iterator[str]:
    yield from (f"# {line}".rstrip() for line in item.description.splitlines())
    yield from (f"# {link.title}{': ' if link.title else ''}{link.url}" for link in item.links)


def _notes(item: Item, written: str) -> Iterator[str]:
    if not written and item.example:
        yield f"# Example: {' '.join(item.example.split())}"
    if not written and item.required:
        yield "# Required: fill this in."


def _appended(text: str, lines: list[str], line_end: str) -> str:
    if not lines:
        return text
    before = "" if not text or text.endswith("\n") else line_end
    gap = line_end if text.strip() else ""
    return f"{text}{before}{gap}{line_end.join(lines)}{line_end}"
