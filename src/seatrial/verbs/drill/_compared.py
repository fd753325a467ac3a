"""A run of drills beside those before it, and the page that shows both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.report import terminal

if TYPE_CHECKING:
    from pathlib import Path

    from seatrial.drill.run import Report
    from seatrial.report.comparison import Comparison
    from seatrial.verbs._run import Run
    from seatrial.verbs.drill._drilled import Done

KIND = "drill"


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


def page(journal: Path, found: Report, compared: Comparison | None = None) -> str:
    """The page, from what the file holds: `drill.judge` makes the same from it."""
    from dataclasses import replace

    from seatrial.drill.journal import opened
    from seatrial.report.page import render
    from seatrial.report.page.drills import drill_page

    kept = opened(journal)
    shown = replace(found, recordings=kept.recordings)
    return render.drills(drill_page(kept.project, shown, kept.provenance, compared), terminal.redacted)
