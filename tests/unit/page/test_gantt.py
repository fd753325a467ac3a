"""The page of an `up`: bars to scale, who waited for whom, and what is not up."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from seatrial.engine.observed import Snapshot
from seatrial.history.run import Run
from seatrial.lifecycle.bring_up import Result
from seatrial.lifecycle.failure import Failure
from seatrial.lifecycle.plan import Plan
from seatrial.lifecycle.readiness import Standing, Verdict
from seatrial.lifecycle.timing import Times
from seatrial.lifecycle.wait import Outcome
from seatrial.report.page import render
from seatrial.report.page.gantt import up_page
from seatrial.report.page.spans import State
from seatrial.stack import Dependency, Service, Stack
from unit.page.made import Elements

STACK = Stack(
    "shop",
    (
        Service("db"),
        Service("cache"),
        Service("web", depends_on=(Dependency("db", "service_healthy"),)),
        Service("old"),
    ),
)
TIMES = {
    "db": Times(created=0.5, started=1.0, ready=3.0),
    "cache": Times(created=0.5, started=1.0, ready=1.5),
    "web": Times(created=0.6, started=3.0, ready=4.0, healthy=5.0),
}
VERDICTS = tuple(Verdict(name, Standing.READY, "healthy") for name in ("db", "cache", "web", "old"))
UP = Result(Plan(()), Outcome(VERDICTS, Snapshot(), TIMES, 4.0))


def test_bars_are_to_scale_and_the_critical_path_is_marked() -> None:
    page = up_page(STACK, UP, None)
    assert [(line.service, line.critical, line.waits_for) for line in page.lines] == [
        ("cache", False, ""),
        ("db", True, ""),
        ("web", True, "db"),
    ]
    web = page.lines[-1].bars
    assert [bar.state for bar in web] == [State.DOWN, State.STARTING, State.UP]
    assert web[0].width / web[1].width == pytest.approx(2.4, abs=0.01)
    assert all(later.x == pytest.approx(earlier.x + earlier.width, abs=0.02) for earlier, later in pairwise(web))
    assert page.lines[-1].told == "made at 0.60 s, started at 3.00 s, ready at 4.00 s, healthy at 5.00 s"


def test_the_page_tells_all_of_it_without_what_is_secret() -> None:
    failure = Failure("web", "exit 1 with hunter2", "mend <it>", exit_code=1, log=("no hunter2",))
    before = (Run("", {"db": {"ready_s": 1.0}}),) * 6
    result = Result(Plan(()), UP.outcome, (failure,), before=before, now=Run("", {"db": {"ready_s": 9.0}}))
    told = render.up(up_page(STACK, result, None), lambda text: text.replace("hunter2", "[REDACTED]"))
    text = re.sub(r"<[^>]+>", "", told)
    assert Elements(told).of("main")
    for words in (
        "exit 1 with [REDACTED]",
        "mend &lt;it&gt;",
        "(waited for db)",
        "worse",
        "its time had come at 3.00 s",
    ):
        assert words in text, words
    assert "hunter2" not in told


def test_a_start_in_which_nothing_was_started_says_so() -> None:
    told = render.up(up_page(STACK, Result(Plan(()), Outcome(VERDICTS, Snapshot())), None), str)
    assert "Nothing had to be started" in told
