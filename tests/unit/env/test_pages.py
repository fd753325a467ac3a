"""The pages for users name what the code has."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from seatrial.env.cache import Remembered
from seatrial.env.diff import Difference
from seatrial.env.document import Documentation
from seatrial.env.examination import Examination
from seatrial.env.explain import Explanation, Reception, Source
from seatrial.env.init import Result
from seatrial.env.problem import Problem
from seatrial.env.schema import load
from seatrial.env.types.check import _CHECKS
from seatrial.env.verify import Mismatch
from seatrial.report import env as show
from seatrial.report import env_docs as show_docs

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "environment.md").read_text(encoding="utf-8")
JSON_PAGE = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
EXAMPLE = load(b"# @docs(https://example.org)\nK=\n").schema
PROBLEM = Problem("f", 1, "K", "R", "m", "x")


def rules_in_the_code() -> set[str]:
    """Every word that a problem or finding is made with: CamelCase, as an argument of a call."""
    found = {"Unreadable"}
    for file in (ROOT / "src" / "seatrial" / "env").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            arguments = node.args if isinstance(node, ast.Call) else []
            texts = (a.value for a in arguments if isinstance(a, ast.Constant) and isinstance(a.value, str))
            found |= {text for text in texts if re.fullmatch(r"[A-Z][a-z]+[A-Za-z0-9]*", text)}
    return found


def test_every_rule_is_on_the_page_and_no_other() -> None:
    rows = [line for line in PAGE.splitlines() if re.match(r"\| `[A-Z]", line)]
    listed = {rule for row in rows for rule in re.findall(r"`([A-Z][A-Za-z0-9]+)`", row.split("|")[1])}
    assert listed == rules_in_the_code()
    assert len(listed) > 60


def test_the_schema_on_the_page_loads_without_a_problem() -> None:
    (example,) = re.findall(r"```env-spec\n(.*?)```", PAGE, re.DOTALL)
    assert load(example.encode()).problems == ()


def test_every_type_is_on_the_page() -> None:
    (line,) = re.findall(r"\* Types: (.*?),\n", PAGE)
    assert set(re.findall(r"[A-Za-z0-9-]+", line)) == set(_CHECKS)


def section(title: str) -> str:
    return next(part for part in JSON_PAGE.split("\n## ")[1:] if part.startswith(title))


ANSWERS = {
    "env, env.check": lambda: show.check(Examination(problems=(PROBLEM,)), as_json=True),
    "env.init": lambda: show.init(Result(Path("f")), as_json=True),
    "env.explain": lambda: show.explanation(
        Explanation("K", None, (Source("p", "x"),), (Reception("s", "x", "p"),)), as_json=True
    ),
    "env.docs": lambda: show_docs.page(Documentation(EXAMPLE, {}), as_json=True),
    "env.diff": lambda: show.difference(Difference(outdated=(Mismatch("s", "c"),)), as_json=True),
}


@pytest.mark.parametrize("title", ANSWERS)
def test_every_field_of_an_answer_is_on_the_page(title: str, capsys: pytest.CaptureFixture[str]) -> None:
    ANSWERS[title]()
    told = json.loads(capsys.readouterr().out)
    fields = set(told) - {"version"}
    for entries in told.values():
        if isinstance(entries, list) and entries and "rule" not in entries[0]:
            fields |= set(entries[0])
    page = set(re.findall(r"`([a-z_]+)`", section(title)))
    assert fields - page == set()
    assert told["version"] == 1


def test_every_field_of_a_problem_is_on_the_page() -> None:
    assert set(show.problem_json(PROBLEM)) <= set(re.findall(r"`([a-z_]+)`", section("What several have")))


def test_what_is_remembered_is_told_in_the_same_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert show.remembered(Remembered((), 1), ()) == 0
    assert capsys.readouterr().err.startswith("1 variable checked: ")
