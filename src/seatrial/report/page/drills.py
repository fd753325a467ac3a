"""What the page of a run of drills holds, as values. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.drill.verdict import Grade
from seatrial.report import drill_text as words
from seatrial.report.drill_rows import OVERVIEW, overview
from seatrial.report.page.figure import Figure, figure
from seatrial.report.page.start_chart import StartChart, start_chart
from seatrial.report.page.tree import Tree, tree
from seatrial.report.page.trend import trends

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.drill.provenance import Provenance
    from seatrial.drill.recording import Recording
    from seatrial.drill.run import Report
    from seatrial.drill.verdict import Verdict
    from seatrial.lifecycle.last_start import Start
    from seatrial.report.comparison import Comparison
    from seatrial.report.page.trend import Trend

_STRAIGHT = "once more, with the signal sent straight to the process that does the work"
_AGAIN = {"idle-clients": "once more, with no connection open"}
_ACCEPTED = (Grade.PASS, Grade.SKIP)
# What is unfolded is laid out before anything is seen: 200 with their charts take a busy browser ten seconds.
_UNFOLDED = 40


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure, and whose it is: several drills may judge what was recorded once."""

    title: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Entry:
    """A verdict with what it rests on.

    Attributes:
        anchor: its address within the page.
        place: `web`, `web > db`.
        tree: the processes, where nothing else shows them.
        elsewhere: the anchor of the entry that has the figure; "" for none.
    """

    verdict: Verdict
    anchor: str
    place: str
    figures: tuple[Shown, ...] = ()
    tree: Tree | None = None
    elsewhere: str = ""

    @property
    def figures_told(self) -> tuple[tuple[str, str], ...]:
        """Without what the measuring itself has cost."""
        known = self.verdict.figures.items()
        return tuple((name, words.figure(value)) for name, value in known if not name.startswith("overhead_"))


@dataclass(frozen=True, slots=True)
class Part:
    """A service, or the whole stack, with its verdicts in the order of the run."""

    name: str
    anchor: str
    entries: tuple[Entry, ...]

    @property
    def counts(self) -> str:
        return words.counts([entry.verdict for entry in self.entries])

    @property
    def worst(self) -> Grade:
        return min((e.verdict.grade for e in self.entries), key=list(Grade).index, default=Grade.SKIP)


@dataclass(frozen=True, slots=True)
class DrillPage:
    """The page of a run of drills.

    Attributes:
        unrestored: what is not as it was before, a line each.
        worse: what has become worse since the runs before, a line each.
        provenance: None for a journal that does not tell.
        start: how the stack came up before; None where that is not known.
    """

    project: str
    parts: tuple[Part, ...]
    unrestored: tuple[str, ...] = ()
    provenance: Provenance | None = None
    columns: tuple[str, ...] = OVERVIEW
    rows: tuple[tuple[str, ...], ...] = ()
    worse: tuple[str, ...] = ()
    trends: tuple[Trend, ...] = ()
    start: StartChart | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for part in self.parts for entry in part.entries)

    @property
    def counts(self) -> str:
        return words.counts([entry.verdict for entry in self.entries])

    def graded(self, *grades: Grade) -> tuple[Entry, ...]:
        """The entries with one of these grades, the worst first."""
        found = [entry for entry in self.entries if entry.verdict.grade in grades]
        return tuple(sorted(found, key=lambda entry: list(Grade).index(entry.verdict.grade)))

    @property
    def drills(self) -> tuple[str, ...]:
        """Names, in the order of the run."""
        return tuple(dict.fromkeys(entry.verdict.drill for entry in self.entries))

    @property
    def findings(self) -> tuple[Entry, ...]:
        """What a reader has to know of."""
        return self.graded(Grade.ERROR, Grade.FAIL, Grade.KNOWN, Grade.WARN)

    @property
    def unfolded(self) -> frozenset[str]:
        """The anchors of the entries that are unfolded from the beginning: of those that are not good, the worst."""
        worst = self.graded(*(grade for grade in Grade if grade not in _ACCEPTED))
        return frozenset(entry.anchor for entry in worst[:_UNFOLDED])

    @property
    def unjudged(self) -> tuple[Entry, ...]:
        return self.graded(Grade.INCONCLUSIVE, Grade.SKIP)


def drill_page(
    project: str,
    found: Report,
    provenance: Provenance | None,
    compared: Comparison | None,
    start: Start | None = None,
) -> DrillPage:
    """Put together what was found, what was recorded, and how it was before."""
    verdicts = found.verdicts
    drawn = _Drawn(found.recordings)
    entries = [drawn.entry(number, verdict) for number, verdict in enumerate(verdicts, 1)]
    known = tuple(trends(compared)) if compared else ()
    names = dict.fromkeys(verdict.service for verdict in verdicts)
    parts = tuple(
        Part(
            name or words.STACK,
            f"part-{number}",  # not by its name: what is cut out of a text escapes the redactor
            tuple(entry for entry in entries if entry.verdict.service == name),
        )
        for number, name in enumerate(names, 1)
    )
    rows = tuple(overview(verdicts))
    worse = compared.lines if compared else ()
    chart = start_chart(start) if start else None
    return DrillPage(project, parts, found.unrestored, provenance, rows=rows, worse=worse, trends=known, start=chart)


class _Drawn:
    """Figures of recordings, each drawn once: several drills may judge the same stop."""

    def __init__(self, recordings: Sequence[Recording]) -> None:
        self._recordings = recordings
        self._at: dict[object, str] = {}

    def entry(self, number: int, verdict: Verdict) -> Entry:
        anchor = f"verdict-{number}"
        own = [r for r in self._recordings if _key(r) == (verdict.drill, verdict.service, verdict.dependency)]
        figures: list[Shown] = []
        elsewhere = ""
        for turn, recording in enumerate(own, 1):
            moments = tuple((event.action, event.time_ns) for event in recording.events)
            same = (verdict.service, verdict.dependency, recording.marks, moments)
            if recording.events and same in self._at:
                elsewhere = self._at[same]
                continue
            title = f"turn {turn} of {len(own)}" if len(own) > 1 else ""
            figures += _shown(recording, title)
            if recording.events and figures:
                self._at[same] = anchor
        trees = [tree(r, None) for r in own if not figures and r.samples]
        return Entry(verdict, anchor, words.place(verdict), tuple(figures), next(iter(trees), None), elsewhere)


def _shown(recording: Recording, title: str) -> list[Shown]:
    found = [(title, figure(recording))]
    if recording.control:
        found.append((_AGAIN.get(recording.drill, _STRAIGHT), figure(recording.control)))
    return [Shown(title, one) for title, one in found if one]


def _key(recording: Recording) -> tuple[str, str, str]:
    return recording.drill, recording.service, recording.dependency
