"""Drills that only look, judged on recordings of real containers."""

from __future__ import annotations

import pytest

from seatrial.drill.run import judged
from seatrial.drill.verdict import Grade
from unit.drill.looked import REAL, told


@pytest.mark.parametrize(
    ("drill", "service", "grade", "cause"),
    [
        ("anatomy", "bad", Grade.FAIL, "shell-swallows-signal"),
        ("anatomy", "initshell", Grade.FAIL, "shell-swallows-signal"),
        ("anatomy", "deaf", Grade.FAIL, "no-handler"),
        ("anatomy", "execs", Grade.PASS, None),
        ("anatomy", "good", Grade.PASS, None),
        ("image", "bad", Grade.FAIL, "image-too-big"),
        ("image", "good", Grade.PASS, None),
        ("data-placement", "bad", Grade.FAIL, "data-outside-volume"),
        ("data-placement", "deaf", Grade.WARN, "data-outside-volume"),
        ("data-placement", "sql", Grade.WARN, "data-outside-volume"),
        ("data-placement", "good", Grade.PASS, None),
        ("zombies", "breeds", Grade.FAIL, "zombies"),
        ("zombies", "bred", Grade.WARN, "zombies"),
        ("zombies", "reaps", Grade.PASS, None),
    ],
)
def test_real_services_are_judged_as_they_are(drill: str, service: str, grade: Grade, cause: str | None) -> None:
    verdict = judged(REAL[drill, service])
    assert told(verdict) == (grade, cause)
    if grade is Grade.PASS:
        assert verdict.notes == ()
