"""docs/drills.md and the code name the same drills and causes."""

from __future__ import annotations

from pathlib import Path

import pytest

from seatrial.drill import causes
from seatrial.drill.drills import DRILLS

PAGE = (Path(__file__).parents[3] / "docs" / "drills.md").read_text(encoding="utf-8")
WORDS = [text for name, text in vars(causes).items() if name.isupper()]


@pytest.mark.parametrize("word", WORDS)
def test_every_cause_is_explained(word: str) -> None:
    assert f"| `{word}` |" in PAGE


@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: drill.name)
def test_every_drill_is_listed_with_what_it_proves(drill: object) -> None:
    assert f"| `{drill.name}` | {drill.summary} |" in PAGE  # type: ignore[attr-defined]
