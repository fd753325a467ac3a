"""The page and the journal of all drills of a test session."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.drill import journal as journals
from seatrial.drill.run import Report
from seatrial.report import asked_file, terminal
from seatrial.report.page import WHAT
from seatrial.verbs._provenance import busy, provenance
from seatrial.verbs.drill._compared import page

if TYPE_CHECKING:
    import pytest

    from seatrial.verbs._run import Run


@dataclass(slots=True)
class Files:
    """What was found so far, and where it is to be written; None is nowhere."""

    journal: Path | None
    html: Path | None
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    busy: float | None = field(default_factory=busy)
    reports: list[Report] = field(default_factory=list)

    def write(self, run: Run, name: str) -> None:
        """Write both, for the project called `name`; nothing where nothing was drilled.

        Raises:
            UsageError: a file cannot be written.
        """
        if not self.reports or not (self.journal or self.html):
            return
        verdicts = tuple(one for report in self.reports for one in report.verdicts)
        recordings = tuple(one for report in self.reports for one in report.recordings)
        left = dict.fromkeys(line for report in self.reports for line in report.unrestored)
        seconds = (datetime.now(UTC) - self.began).total_seconds()
        about = provenance(run, self.began, seconds=seconds, busy=self.busy)
        if self.journal:
            journals.write(self.journal, recordings, name, terminal.redacted, about)
        if self.html:
            kept = journals.Journal(name, recordings, about)
            told = page(run, kept, Report(verdicts, unrestored=tuple(left)), None)
            asked_file.write(self.html, told, WHAT)


def ready(config: pytest.Config) -> Files:
    """The files that options ask for, before anything is started; each worker of pytest-xdist has its own.

    Raises:
        UsageError: one cannot be written.
    """
    worker = getattr(config, "workerinput", {}).get("workerid", "")

    def place(option: str) -> Path | None:
        name = config.getoption(option)
        if not name:
            return None
        path = config.invocation_params.dir / Path(name).expanduser()
        return path.with_suffix(f".{worker}{path.suffix}") if worker else path

    journal, html = place("seatrial_journal"), place("seatrial_html")
    if journal:
        asked_file.ready(str(journal), "the journal")
    if html:
        asked_file.ready(str(html), WHAT)
    return Files(journal, html)
