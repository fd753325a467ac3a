"""The tables of docs/json.md as JSON Schema: types as people read them, ``[{`service`: string, `urls`: [string]}]``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]
BASIC = {"string", "integer", "number", "boolean"}
_TOKEN = re.compile(r"`[^`]+`|[A-Za-z_]+|[\[\]{}:,?]")
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_BLOCK = re.compile(
    r"(?:^(?:An?) (?P<named>\w+)(?: \([^)]*\))?:\n\n)?^\| (?P<kind>field|event) \|.*\n\|.*\n(?P<rows>(?:\|.*\n?)+)",
    re.MULTILINE,
)
_ABSENT = ", absent"


@dataclass
class Section:
    """What one heading tells: `answers` are objects that a verb prints, `types` what these are made of."""

    title: str
    answers: dict[str, Schema] = field(default_factory=dict)
    types: dict[str, Schema] = field(default_factory=dict)


def sections(page: str) -> Iterator[Section]:
    """Every section.

    Raises:
        ValueError: a type that cannot be read, or what a verb prints is told twice.
    """
    _, *parts = _SECTION.split(page)
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        found = Section(title)
        version = None if "without `version`" in body else 2 if re.search(r"^Version 2", body, re.MULTILINE) else 1
        for block in _BLOCK.finditer(body):
            rows = [_cells(line) for line in block["rows"].splitlines()]
            if block["kind"] == "event":
                head = {"version": {"const": version}, "time": {"type": "number"}}
                found.answers |= {
                    f"{title} {_bare(event)}": _event(head, _bare(event), text) for event, text, *_ in rows
                }
            elif block["named"]:
                found.types[block["named"]] = _object(rows, {})
            elif title in found.answers:
                raise ValueError(f"{title}: a second table without a name")
            else:
                found.answers[title] = _object(rows, {} if version is None else {"version": {"const": version}})
        yield found


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _bare(text: str) -> str:
    return text.strip("`")


def _event(head: Schema, event: str, text: str) -> Schema:
    own = read(text)
    return closed({**head, "event": {"const": event}, **own["properties"]})


def _object(rows: list[list[str]], head: Schema) -> Schema:
    properties, optional = dict(head), set()
    for names, kind, told in rows:
        shape = read(kind.split(_ABSENT)[0])
        for name in re.findall(r"`(\w+)`", names):
            properties[name] = {**shape, "description": told} if told and "$ref" not in shape else shape
            optional |= {name} if _ABSENT in kind else set()
    return closed(properties, optional)


def closed(properties: Schema, optional: frozenset[str] | set[str] = frozenset()) -> Schema:
    """An object with these fields."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }


def read(text: str) -> Schema:
    """One type.

    Raises:
        ValueError: it cannot be read.
    """
    tokens = _TOKEN.findall(text)
    shape = _type(tokens)
    if tokens:
        raise ValueError(f"{text}: what is {' '.join(tokens)}?")
    return shape


def _type(tokens: list[str]) -> Schema:
    if not tokens:
        raise ValueError("a type is missing")
    first = tokens.pop(0)
    if first == "[":
        shape: Schema = {"type": "array", "items": _type(tokens)}
        _expect(tokens, "]")
    elif first == "{":
        shape = _fields(tokens) if tokens[0].startswith("`") else _map(tokens)
        _expect(tokens, "}")
    else:
        shape = {"type": first} if first in BASIC else {"$ref": f"#/$defs/{first}"}
    if tokens and tokens[0] == "?":
        tokens.pop(0)
        return {"anyOf": [shape, {"type": "null"}]}
    return shape


def _map(tokens: list[str]) -> Schema:
    tokens.pop(0)
    _expect(tokens, ":")
    return {"type": "object", "additionalProperties": _type(tokens)}


def _fields(tokens: list[str]) -> Schema:
    properties: Schema = {}
    names: list[str] = []
    while tokens and tokens[0] != "}":
        names.append(_bare(tokens.pop(0)))
        if tokens[0] == ":":
            tokens.pop(0)
            properties |= dict.fromkeys(names, _type(tokens))
            names = []
        if tokens[0] == ",":
            tokens.pop(0)
    if names:
        raise ValueError(f"{', '.join(names)}: of what type?")
    return closed(properties)


def _expect(tokens: list[str], wanted: str) -> None:
    if not tokens or tokens.pop(0) != wanted:
        raise ValueError(f"`{wanted}` is missing")
