"""The list of checks: their words are stable, and documented in their order."""

from __future__ import annotations

import re
from pathlib import Path

from seatrial.doctor.checks import CHECKS

DOCS = Path(__file__).parents[3] / "docs" / "doctor.md"


def test_every_check_stands_in_the_documentation_in_its_order() -> None:
    documented = re.findall(r"^\| `([a-z-]+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert documented == [check.name for check in CHECKS]


def test_each_has_a_word_of_its_own_that_fits_its_column() -> None:
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) < 18
