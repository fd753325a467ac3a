"""A run of drills beside those before it, and the page that shows both."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from seatrial.errors import SeatrialError
from seatrial.report import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.drill.journal import Journal
    from seatrial.drill.run import Report
    from seatrial.drill.verdict import Verdict
    from seatrial.lifecycle.last_start import Start
    from seatrial.report.comparison import Comparison
    from seatrial.verbs._run import Run
    from seatrial.verbs.drill._drilled import Done

KIND = "drill"
# A journal may come from anywhere, and the name becomes a part of a path.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def remembered(run: Run, done: Done) -> Comparison:
    """Compare it with what was kept, and keep it for the next time."""
    from seatrial.drill.measured import measured
    from seatrial.history import keep
    from seatrial.report.comparison import Comparison

    now = measured(done.report.verdicts, done.began.isoformat(timespec="seconds"))
    history = keep.recalled(KIND, run.project, done.stack.name)
    if history.trouble:
        terminal.talk(f"warning: {history.trouble}")
    keep.remembered(KIND, run.project, done.stack.name, history, now)
    return Comparison(history.runs, now)


def known_before(run: Run, kept: Journal, verdicts: Sequence[Verdict]) -> Comparison | None:
    """The run of a journal beside those before it; None when it is not one of those that are kept of this checkout.

    What came after it is left out: the page is the one that was made then.
    """
    from seatrial.drill.measured import measured
    from seatrial.history import keep
    from seatrial.report.comparison import Comparison

    began = _moment(kept.provenance.began if kept.provenance else "")
    if began is None or not _NAME.fullmatch(kept.project):
        return None
    with suppress(SeatrialError):  # a journal can be judged where there is no project
        runs = keep.recalled(KIND, run.project, kept.project).runs
        if any(_moment(one.at) == began for one in runs):
            before = tuple(one for one in runs if (at := _moment(one.at)) and at < began)
            return Comparison(before, measured(verdicts, began.isoformat()))
    return None


def page(run: Run, kept: Journal, found: Report, compared: Comparison | None) -> str:
    """The page, from what the journal holds: `drill.judge` makes the same from it.

    Where nothing is `compared`, the run was made elsewhere, and how it came up is not known either.
    """
    from dataclasses import replace

    from seatrial.report.page import render
    from seatrial.report.page.drills import drill_page

    shown = replace(found, recordings=kept.recordings)
    start = _start_before(run, kept) if compared else None
    return render.drills(drill_page(kept.project, shown, kept.provenance, compared, start), terminal.redacted)


def _start_before(run: Run, kept: Journal) -> Start | None:
    """The last `up` that is kept, unless it came after the drills."""
    from seatrial.lifecycle.last_start import recalled

    start = recalled(run.project, kept.project)
    at, began = _moment(start.at if start else ""), _moment(kept.provenance.began if kept.provenance else "")
    return start if at and began and at <= began else None


def _moment(text: str) -> datetime | None:
    """None for what is no moment, or is told without its zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
