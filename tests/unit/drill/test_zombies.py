"""Which zombies stay, whether there come more, and who has to reap them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from seatrial.drill.drills import zombies
from seatrial.drill.recording import Recording, Sample
from seatrial.drill.verdict import Confidence, Grade
from seatrial.engine.facts import Check
from unit.drill.looked import NODE, S, process, seen, with_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.engine.inside import Process


DEAD = process(9, 1, state="Z")
ALIVE = process(9, 4, "sleep")


def looks(*groups: Sequence[Process], every_ns: int = S) -> Recording:
    samples = tuple(Sample(number * every_ns, (NODE, *group)) for number, group in enumerate(groups))
    return replace(seen("zombies", NODE), samples=samples)


@pytest.mark.parametrize(
    ("groups", "grade"),
    [
        ([[]], Grade.PASS),
        # Seen once and gone: somebody reaps.
        ([[DEAD], []], Grade.PASS),
        ([[DEAD], [DEAD]], Grade.WARN),
        ([[DEAD], [DEAD, process(10, 1, state="Z")], [DEAD, process(10, 1, state="Z")]], Grade.FAIL),
        # The number was used again: another process, and the first one was reaped.
        ([[DEAD], [replace(DEAD, start_ticks=99)], [replace(DEAD, start_ticks=99)]], Grade.WARN),
        # Just ended: it has not had a moment yet.
        ([[DEAD], [DEAD, process(10, 1, state="Z")]], Grade.WARN),
    ],
)
def test_zombies_that_stay_are_a_warning_and_more_and_more_a_failure(groups: list[list[Process]], grade: Grade) -> None:
    assert zombies.judge(looks(*groups)).grade is grade


def test_orphans_that_were_seen_alive_make_the_fix_certain() -> None:
    verdict = zombies.judge(looks([ALIVE], [DEAD], [DEAD]))
    assert verdict.cause is not None
    assert (verdict.cause.fix, verdict.cause.confidence) == ("init: true", Confidence.CERTAIN)


def test_an_init_does_not_help_with_the_children_of_others() -> None:
    worker = process(5, 1, "worker")
    verdict = zombies.judge(looks([worker, replace(DEAD, parent=105)], [worker, replace(DEAD, parent=105)]))
    assert verdict.cause is not None
    assert verdict.cause.fix.startswith("let worker (PID 5) wait for its children")


def test_what_a_health_check_leaves_behind_is_told() -> None:
    recording = with_facts(looks([DEAD], [DEAD]), check=Check(("CMD-SHELL", "sleep 5 && curl -f http://127.0.0.1/")))
    verdict = zombies.judge(recording)
    assert verdict.cause is not None
    assert "sleep: also in the health check" in verdict.cause.evidence
    assert "shorter than its `timeout`" in verdict.cause.fix
