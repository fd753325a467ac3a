"""Holds what a verb has printed with --json against docs/json.md, field by field."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from seatrial.verbs import ns

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEMA = Path(__file__).parents[1] / "docs" / "reference" / "answers.schema.json"
STREAMS = ("logs", "watch")


def hold(arguments: Sequence[str], printed: str) -> None:
    """Fail where `seatrial ARGUMENTS` has printed a field, or a type, that is not documented, or left one out."""
    if "--json" not in arguments or not printed.strip():
        return
    verb = next(word for word in arguments if word in _verbs())
    for text in printed.splitlines() if verb in STREAMS and "{\n" not in printed else [printed]:
        answer = json.loads(text)
        name = _kind(verb, arguments, answer)
        troubles = [f"{error.json_path}: {error.message[:300]}" for error in _validator(name).iter_errors(answer)]
        assert not troubles, f"{' '.join(arguments)}: not as docs/json.md says ({name}): {troubles}"


def _kind(verb: str, arguments: Sequence[str], answer: dict[str, Any]) -> str:
    """What stands below `$defs` for it."""
    if "error" in answer and "errors" in answer:
        return "refused"
    if verb == "watch":
        flag = next((flag for flag in ("--verify", "--dry", "--detach") if flag in arguments), answer.get("event", ""))
        return f"watch {flag}" if flag else "logs"
    return "--dry" if "--dry" in arguments and "plan" in answer else verb


@cache
def _verbs() -> frozenset[str]:
    return frozenset((*ns.task_names, *(alias for aliases in ns.task_names.values() for alias in aliases)))


@cache
def _validator(name: str) -> Draft202012Validator:
    whole = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert name in whole["$defs"], f"docs/json.md does not tell what {name} prints"
    return Draft202012Validator({"$defs": _closed(copy.deepcopy(whole["$defs"])), "$ref": f"#/$defs/{name}"})


def _closed(part: Any) -> Any:
    """Nothing but what is told: for whoever reads an answer more fields are no trouble, for the page they are."""
    if isinstance(part, list):
        return [_closed(one) for one in part]
    if not isinstance(part, dict):
        return part
    more = {"additionalProperties": False} if isinstance(part.get("properties"), dict) else {}
    return {key: _closed(value) for key, value in part.items()} | more
