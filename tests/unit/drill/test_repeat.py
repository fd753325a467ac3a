"""Several runs of a drill as one verdict."""

from __future__ import annotations

import pytest

from seatrial.drill.repeat import together
from seatrial.drill.verdict import Grade, Verdict

PASS, WARN, FAIL, OPEN, ERROR = Grade.PASS, Grade.WARN, Grade.FAIL, Grade.INCONCLUSIVE, Grade.ERROR


def run(grade: Grade, used_s: float = 1.0, **figures: float) -> Verdict:
    return Verdict("graceful-stop", "web", grade, f"{grade} in words", figures={"used_s": used_s, **figures})


@pytest.mark.parametrize(
    ("grades", "together_as", "told"),
    [
        ([PASS, PASS, PASS], PASS, "3/3 PASS: PASS in words"),
        ([FAIL, FAIL], FAIL, "2/2 FAIL: FAIL in words"),
        ([PASS, FAIL, PASS], WARN, "1/3 FAIL, 2/3 PASS: FAIL in words"),
        ([ERROR, PASS], WARN, "1/2 ERROR, 1/2 PASS: ERROR in words"),
        ([PASS, WARN], WARN, "1/2 WARN, 1/2 PASS: WARN in words"),
        ([PASS, OPEN], OPEN, "1/2 INCONCLUSIVE, 1/2 PASS: INCONCLUSIVE in words"),
        ([FAIL, OPEN], FAIL, "1/2 FAIL, 1/2 INCONCLUSIVE: FAIL in words"),  # it was never seen to be well
    ],
)
def test_the_worst_counts_and_what_fails_only_sometimes_is_a_warning(
    grades: list[Grade], together_as: Grade, told: str
) -> None:
    found = together([run(grade) for grade in grades])
    assert (found.grade, found.summary) == (together_as, told)


def test_figures_are_medians_of_those_that_every_run_has() -> None:
    assert together([run(PASS, 1), run(PASS, 9), run(PASS, 2, more=1)]).figures == {"used_s": 2}


def test_one_run_speaks_for_itself() -> None:
    assert together([run(FAIL)]) == run(FAIL)
