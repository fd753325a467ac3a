"""Answers that need no engine are as docs/json.md says; `ComposeProject.run` holds those of real stacks to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import answers

if TYPE_CHECKING:
    from conftest import ComposeProject


@pytest.mark.compose
@pytest.mark.parametrize("verb", ["drill.list", "env", "env.diff", "ps"])
def test_an_answer_is_as_documented(draft: ComposeProject, verb: str) -> None:
    draft.write("  a:\n    image: busybox\n    environment: {NAME: '${NAME:-a}'}\n")
    assert json.loads(draft.run(verb, "--json").stdout)


def test_an_error_is_as_documented(draft: ComposeProject) -> None:
    assert "error" in json.loads(draft.run("ps", "--json").stdout)


@pytest.mark.parametrize(
    ("arguments", "answer", "trouble"),
    [
        (["drill.list"], {"version": 2, "drills": [], "more": 1}, "more"),
        (["drill.list"], {"version": 2}, "drills"),
        (["drill.list"], {"version": 1, "drills": []}, "version"),
        (["logs", "--service", "a"], {"time": 1, "service": "a", "container": "a-1", "line": "hello"}, "time"),
        (["-f", "x.yaml", "watch"], {"version": 1, "time": 0.5, "event": "note", "text": "hello"}, "grave"),
    ],
)
def test_a_field_that_is_not_documented_missing_or_of_another_type_fails(
    arguments: list[str], answer: object, trouble: str
) -> None:
    with pytest.raises(AssertionError, match=trouble):
        answers.hold([*arguments, "--json"], json.dumps(answer))
