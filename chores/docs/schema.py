"""`docs/reference/answers.schema.json`: what `--json` prints, from the tables of docs/json.md."""

import json
from pathlib import Path
from typing import Any

from chores.docs.shapes import Schema, closed, sections

SOURCE = Path(__file__).parents[2] / "docs" / "json.md"
ERROR = closed({"what": {"type": "string"}, "detail": {"type": "array", "items": {"type": "string"}},
                "fix": {"type": "string"}, "exit_code": {"type": "integer"}})  # fmt: skip
REFUSED = closed({"version": {"const": 1}, "error": {"$ref": "#/$defs/error"},
                  "errors": {"type": "array", "items": {"$ref": "#/$defs/error"}}})  # fmt: skip


def page() -> str:
    return json.dumps(schema(), indent=1) + "\n"


def schema() -> Schema:
    """One document; what a verb prints stands below `$defs` by the verb's name."""
    kinds: Schema = {"error": ERROR, "refused": REFUSED}
    answers: Schema = {}
    for section in sections(SOURCE.read_text(encoding="utf-8")):
        kinds |= section.types
        for title, shape in section.answers.items():
            names = [name.strip() for name in title.split(",")]
            answers |= {names[0]: shape} | {name: {"$ref": f"#/$defs/{names[0]}"} for name in names[1:]}
    twice = kinds.keys() & answers.keys()
    if twice:
        raise ValueError(f"docs/json.md: {', '.join(sorted(twice))} is an answer and a type")
    unknown = {ref for ref in _references([kinds, answers]) if ref not in kinds and ref not in answers}
    if unknown:
        raise ValueError(f"docs/json.md tells of {', '.join(sorted(unknown))}, and nowhere what that is")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What seatrial prints with --json",
        "$comment": "Written by `inv docs` from docs/json.md.",
        "$defs": {**answers, **kinds},
    }


def _references(part: Any) -> set[str]:
    if isinstance(part, list):
        return set().union(*map(_references, part)) if part else set()
    if isinstance(part, dict):
        own = {part["$ref"].removeprefix("#/$defs/")} if isinstance(part.get("$ref"), str) else set()
        return own.union(*map(_references, part.values())) if part else own
    return set()
