"""Time is drawn to scale, and nothing is drawn over something else."""

from __future__ import annotations

from itertools import pairwise

import pytest

from seatrial.report.page.axis import Axis
from seatrial.report.page.figure import Chart, figure
from seatrial.report.page.marks import Outcome, lanes, seen
from seatrial.report.page.phases import phases
from seatrial.report.page.spans import State, lives
from seatrial.report.page.strips import quantile, strips, table
from unit.page.made import recorded

S = 10**9
STOPS = {recording.service: recording for recording in recorded("stops")}


def test_equal_times_are_equally_far_apart_and_what_is_outside_is_at_the_edge() -> None:
    axis = Axis(0, 10 * S, 2 * S)
    assert [axis.x(at * S) for at in (0, 2, 5, 10)] == [0, 20, 50, 100]
    assert axis.width(2 * S, 5 * S) == 30
    assert (axis.x(-S), axis.x(11 * S)) == (0, 100)
    assert axis.told(2 * S + 132_000_000) == "+0.132 s"


@pytest.mark.parametrize("seconds", [0.004, 0.03, 0.7, 2, 9.9, 61, 3600])
def test_ticks_are_round_few_and_within(seconds: float) -> None:
    ticks = Axis(-int(seconds * S / 3), int(seconds * S), 0).ticks()
    assert 2 <= len(ticks) <= 9
    assert "0" in [tick.text for tick in ticks]
    assert all(0 <= tick.x <= 100 for tick in ticks)
    steps = {round(later.x - earlier.x, 1) for earlier, later in pairwise(ticks)}
    assert max(steps) - min(steps) <= 0.11
    assert len({tick.text for tick in ticks}) == len(ticks)


def whole(service: str) -> Chart:
    found = figure(STOPS[service])
    assert found is not None
    return found.whole


def test_a_stop_is_as_long_as_it_took() -> None:
    """It was judged to take 2.14 s."""
    chart = whole("drains-too-long")
    (life,) = chart.lives
    stopping = next(bar for bar in life.bars if bar.state is State.STOPPING)
    assert stopping.width / 100 * chart.axis.span_ns / S == pytest.approx(2.1356, abs=0.02)
    assert [bar.state for bar in life.bars] == [
        State.UP, State.STOPPING, State.DOWN, State.STARTING, State.UP,
    ]  # fmt: skip
    assert all(later.x == pytest.approx(earlier.x + earlier.width, abs=0.02) for earlier, later in pairwise(life.bars))


@pytest.mark.parametrize("service", STOPS)
def test_flags_that_are_close_stand_in_rows_of_their_own(service: str) -> None:
    flags = whole(service).flags
    for row in {flag.row for flag in flags}:
        assert all(later.x - earlier.x >= 5 for earlier, later in pairwise(f for f in flags if f.row == row))


def test_every_request_is_drawn_with_what_became_of_it() -> None:
    recording = STOPS["init-shell"]
    requests = seen(recording)
    sent = [request for request in recording.requests if request.error != "unsent"]
    assert len(requests) == len(sent)
    lost = [one for one in requests if one.outcome is Outcome.LOST]
    assert {one.lane for one in lost} >= {"in flight at the signal: must be answered"}
    axis = Axis(min(r.due_ns for r in sent) - S, max(r.done_ns or r.due_ns for r in sent) + S, 0)
    drawn = lanes(requests, axis)
    assert sum(len(lane.marks) for lane in drawn) == len(sent)
    assert all(mark.x <= mark.end for lane in drawn for mark in lane.marks)
    counted = lanes(requests, axis, most=3)
    assert sum(column.total for lane in counted for column in lane.columns) == len(sent)
    assert not [mark for lane in counted for mark in lane.marks]


def test_what_was_asked_before_during_and_after_adds_up() -> None:
    (recording,) = (r for r in recorded("outage", "hangs") if r.drill == "dependency-hang")
    found = phases(recording)
    assert found is not None
    rows = table(seen(recording), found)
    assert [row.name for row in rows] == ["before the outage", "during the outage", "after it"]
    assert all(sum(row.counts) == row.total for row in rows)
    assert sum(row.total for row in rows) == sum(r.lane != "idle" and r.error != "unsent" for r in recording.requests)
    assert rows[1].counts[list(Outcome).index(Outcome.HUNG)] == 9


def test_many_answers_become_ranges_and_few_stay_dots() -> None:
    requests = seen(STOPS["nginx-quick"])
    moments = [one.request.due_ns for one in requests]
    axis = Axis(min(moments) - S, max(moments) + 5 * S, min(moments))
    few, many = strips(requests, axis), strips(requests, axis, most=2)
    assert few is not None
    assert many is not None
    assert few.dots
    assert not few.ranges
    assert many.ranges
    assert not many.dots
    assert all(0 <= part.top <= part.middle <= part.bottom <= 100 for part in many.ranges)


def test_a_quantile_is_a_value_that_was_measured() -> None:
    assert [quantile([1, 2, 3, 4], share) for share in (0.25, 0.5, 0.95, 1.0)] == [1, 2, 4, 4]
    assert quantile([7], 0.95) == 7


def test_a_dependency_that_was_frozen_without_an_event_is_shown_so() -> None:
    recording = next(r for r in recorded("outage", "good") if r.drill == "dependency-hang")
    without = lives(recording, Axis(recording.marks[0].at_ns - S, recording.marks[-1].at_ns + S, 0))
    assert {life.service for life in without} == {"good", "good-back"}
    frozen = next(life for life in without if life.service == "good-back")
    assert State.FROZEN in [bar.state for bar in frozen.bars]


@pytest.mark.parametrize(
    "file", ["outage", "starts", "crash-restart", "crash-loop", "hang", "stop-order", "stop-while-starting"]
)
def test_every_drill_that_acts_has_a_figure(file: str) -> None:
    for recording in recorded(file):
        found = figure(recording)
        assert found is not None, (recording.drill, recording.service)
        assert found.moments
        assert found.whole.lives
