"""docs/json.md and the answers of the drill verbs have the same keys."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from seatrial.drill.drill import Scope
from seatrial.drill.drills import DRILLS
from seatrial.drill.run import Report
from seatrial.drill.verdict import Cause, Confidence, Grade, Verdict
from seatrial.report import drill as show
from seatrial.report.drill_json import JSON_VERSION
from seatrial.stack import Stack

PAGE = (Path(__file__).parents[3] / "docs" / "json.md").read_text(encoding="utf-8")
VERDICT = Verdict("image", "api", Grade.KNOWN, "big", Cause("image-too-big", "smaller"), known="later", seconds=0.12345)


def section(title: str) -> str:
    return next(part for part in PAGE.split("\n## ")[1:] if part.startswith(f"{title}\n"))


def keys(text: str) -> set[str]:
    return {key for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)}


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda: json.loads(capsys.readouterr().out)


def test_a_run(answer: Any) -> None:
    show.report(Stack("shop", ()), Report((VERDICT,), (), ("x",), 1.26), Path("j"), as_json=True)
    told = answer()
    whole, _, verdict = section("drill, drill.stop, drill.restart").partition("A verdict:")
    assert set(told) == keys(whole) | {"version"}
    assert set(told["verdicts"][0]) == keys(verdict)
    assert (told["version"], JSON_VERSION, told["seconds"], told["verdicts"][0]["seconds"]) == (2, 2, 1.3, 0.123)


def test_verdicts_of_a_journal(answer: Any) -> None:
    show.verdicts([VERDICT], as_json=True)
    told = answer()
    assert set(told) == {"version", "verdicts"}
    assert set(told["verdicts"][0]) == keys(section("drill, drill.stop, drill.restart").partition("A verdict:")[2])
    assert "| `verdicts` | [verdict] |" in section("drill.judge")


def test_the_list_of_drills(answer: Any) -> None:
    show.drills(DRILLS, as_json=True)
    told = answer()
    assert set(told) == {"version", "drills"}
    assert set(told["drills"][0]) | {"drills"} == keys(section("drill.list"))


@pytest.mark.parametrize("word", [*Grade, *Confidence, *Scope])
def test_every_word_of_a_list_is_on_the_page(word: str) -> None:
    assert f"`{word}`" in PAGE


def test_nothing_found_is_null_and_not_empty(answer: Any) -> None:
    show.verdicts([Verdict("image", "api", Grade.PASS, "fine")], as_json=True)
    (verdict,) = answer()["verdicts"]
    assert {key for key, value in verdict.items() if value is None} == {
        "dependency", "cause", "confidence", "fix", "known", "seconds",
    }  # fmt: skip
