"""How a stack came up: bars to scale, who waited for whom, what is not up; and what is kept of it for later."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from seatrial.drill.run import Report
from seatrial.engine.observed import Snapshot
from seatrial.history.run import Run
from seatrial.kept import load, of_checkout, save
from seatrial.lifecycle.bring_up import Result
from seatrial.lifecycle.failure import Failure
from seatrial.lifecycle.last_start import recalled, remember, start_of
from seatrial.lifecycle.plan import Plan
from seatrial.lifecycle.readiness import Standing, Verdict
from seatrial.lifecycle.timing import Times
from seatrial.lifecycle.wait import Outcome
from seatrial.project import Project
from seatrial.report.page import render
from seatrial.report.page.drills import drill_page
from seatrial.report.page.spans import State
from seatrial.report.page.up import up_page
from seatrial.stack import Dependency, Service, Stack
from unit.page.made import Elements

if TYPE_CHECKING:
    from pathlib import Path

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
    assert [(line.service, line.critical, line.waits_for) for line in page.start.lines] == [
        ("cache", False, ""),
        ("db", True, ""),
        ("web", True, "db"),
    ]
    web = page.start.lines[-1].bars
    assert [bar.state for bar in web] == [State.DOWN, State.STARTING, State.UP]
    assert web[0].width / web[1].width == pytest.approx(2.4, abs=0.01)
    assert all(later.x == pytest.approx(earlier.x + earlier.width, abs=0.02) for earlier, later in pairwise(web))
    assert page.start.lines[-1].told == "made at 0.60 s, started at 3.00 s, ready at 4.00 s, healthy at 5.00 s"


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


def test_the_page_of_drills_tells_how_the_stack_came_up_before() -> None:
    start = start_of(STACK, UP.outcome, "2026-11-25T03:00:00+01:00")
    told = render.drills(drill_page("shop", Report(()), None, None, start), str)
    text = re.sub(r"<[^>]+>", "", told)
    assert "it began 2026-11-25T03:00:00+01:00 and took 4.0 s" in text
    assert "db: made at 0.50 s, started at 1.00 s, ready at 3.00 s" in text
    assert "web: its time had come at 3.00 s" in text
    assert 'id="start"' not in render.drills(drill_page("shop", Report(()), None, None), str)


def test_a_start_is_kept_as_it_was_and_only_one_that_ended_well(here: Project) -> None:
    remember(here, STACK, UP.outcome)
    kept = recalled(here, "shop")
    assert kept is not None
    assert replace(kept, at="") == start_of(STACK, UP.outcome)
    assert abs(datetime.now(UTC) - datetime.fromisoformat(kept.at)) < timedelta(minutes=10)
    failed = (*VERDICTS, Verdict("api", Standing.FAILED, "exit 1"))
    remember(here, STACK, Outcome(failed, Snapshot(), {"api": Times(created=9.0)}, 9.0))
    remember(here, STACK, Outcome(VERDICTS, Snapshot()))
    assert recalled(here, "shop") == kept


@pytest.mark.parametrize(
    "edit",
    [
        {"version": 2},
        {"at": "yesterday"},
        {"at": 7},
        {"seconds": 1e300},
        {"times": {"web": {}}},
        {"times": [1]},
        {"path": [{"service": "web"}]},
    ],
)
def test_a_start_that_is_none_is_not_shown(here: Project, edit: dict[str, Any]) -> None:
    remember(here, STACK, UP.outcome)
    file = of_checkout("history/start", here, "shop")
    save(file, {**load(file), **edit})
    assert recalled(here, "shop") is None


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Project(tmp_path, (tmp_path / "compose.yaml",))
