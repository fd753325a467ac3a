"""One recording as a figure: all of it to scale, and once more near to the moment in which it was decided. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.drill.stop.ended import stop
from seatrial.drill.stop.flight import requests as classes_of
from seatrial.drill.timeline import moments
from seatrial.engine.stamps import nanoseconds
from seatrial.report.page.axis import Axis
from seatrial.report.page.marks import IDLE, MOST, Lane, Outcome, Seen, lanes, seen, told
from seatrial.report.page.phases import Phases, near, phases, window
from seatrial.report.page.spans import Life, lives
from seatrial.report.page.strips import Row, Strips, strips, table
from seatrial.report.page.tree import Tree, tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.drill.recording import Recording

_PADDING = 0.03
_FLAG = 5.0  # percent that a flag takes on a narrow screen
_FLAGS, _LINES, _BAD = 40, 200, 40
# From this share of the whole on, a second chart would show the same again.
_NEARLY_ALL = 0.6


@dataclass(frozen=True, slots=True)
class Flag:
    """A numbered moment: `x` in percent, `row` from 0 where several are close together."""

    number: int
    x: float
    row: int


@dataclass(frozen=True, slots=True)
class Moment:
    """What a flag stands for."""

    number: int
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Logged:
    """A line that the service logged."""

    at_ns: int
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn over one axis; `band` is begin and width of what the drill did, in percent."""

    axis: Axis
    lives: tuple[Life, ...]
    flags: tuple[Flag, ...]
    lanes: tuple[Lane, ...]
    strips: Strips | None
    logs: tuple[float, ...]
    band: tuple[float, float]

    @property
    def flag_rows(self) -> int:
        return max((flag.row for flag in self.flags), default=0) + 1


@dataclass(frozen=True, slots=True)
class Figure:
    """All that is drawn and listed of one recording.

    Attributes:
        whole: over the whole time, with strips.
        close: near to the act, with a mark for each request; None where the whole is as good.
        phases: what was asked before, during and after.
        bad: requests that were not answered, in words; `more_bad` there are beside them.
    """

    zero: str
    whole: Chart
    close: Chart | None
    moments: tuple[Moment, ...]
    phases: tuple[Row, ...]
    bad: tuple[str, ...]
    more_bad: int
    logs: tuple[Logged, ...]
    more_logs: int
    tree: Tree | None
    requests: int


def figure(recording: Recording, most: int = MOST) -> Figure | None:
    """None for a recording in which nothing happened."""
    found = phases(recording)
    begin, end = window(recording)
    if found is None or end <= begin:
        return None
    requests = seen(recording)
    marked = sorted(m for m in (*moments(recording), *_ends(recording)) if begin <= m[0] <= end)[:_FLAGS]
    pad = int((end - begin) * _PADDING)
    whole = Axis(begin - pad, end + pad, found.act_ns)
    first, last = near(found, whole.begin_ns, whole.end_ns)
    small = (last - first) < _NEARLY_ALL * whole.span_ns
    close = Axis(first, last, found.act_ns) if small else None
    logged = [line for line in _logged(recording, found) if begin <= line.at_ns <= end]
    bad = [one for one in requests if one.outcome is not Outcome.OK and one.request.lane != IDLE]

    def chart(axis: Axis, *, detailed: bool, stripped: bool) -> Chart:
        return Chart(
            axis,
            lives(recording, axis),
            tuple(_flags(marked, axis)),
            lanes(requests, axis, most) if detailed else (),
            strips(requests, axis, most) if stripped else None,
            tuple(axis.x(line.at_ns) for line in logged if axis.holds(line.at_ns)),
            (axis.x(found.act_ns), axis.width(found.act_ns, found.back_ns or axis.end_ns)),
        )

    return Figure(
        zero=found.zero,
        whole=chart(whole, detailed=close is None, stripped=True),
        close=chart(close, detailed=True, stripped=False) if close else None,
        moments=tuple(Moment(n, whole.told(at), text) for n, (at, text) in enumerate(marked, 1)),
        phases=table(requests, found),
        bad=tuple(told(one, whole) for one in _worst(bad)[:_BAD]),
        more_bad=max(len(bad) - _BAD, 0),
        logs=tuple(logged[-_LINES:]),
        more_logs=max(len(logged) - _LINES, 0),
        tree=tree(recording, found.act_ns),
        requests=len(requests),
    )


def _ends(recording: Recording) -> Iterator[tuple[int, str]]:
    """What nobody said and the recording shows: the last answer that was owed, and the end of PID 1."""
    found = stop(recording)
    if found is None or recording.containers:
        return
    last = classes_of(recording, found).longest_in_flight_done_ns
    if last:
        yield last, "the last answer to what was in flight"
    if found.ended_ns:
        yield found.ended_ns, "PID 1 has ended"


def _worst(bad: Sequence[Seen]) -> list[Seen]:
    order = list(Outcome)
    return sorted(bad, key=lambda one: (-order.index(one.outcome), one.request.due_ns))


def _logged(recording: Recording, found: Phases) -> Iterator[Logged]:
    told_from = Axis(0, 1, found.act_ns)
    for line in recording.logs:
        at = recording.clock.ours(nanoseconds(line.time))
        yield Logged(at, told_from.told(at), line.text)


def _flags(marked: Sequence[tuple[int, str]], axis: Axis) -> Iterator[Flag]:
    """Each in the first row in which there is room for it."""
    taken: list[float] = []
    for number, (at, _) in enumerate(marked, 1):
        if not axis.holds(at):
            continue
        x = axis.x(at)
        row = next((n for n, until in enumerate(taken) if until <= x), len(taken))
        taken[row : row + 1] = [x + _FLAG]
        yield Flag(number, x, row)
