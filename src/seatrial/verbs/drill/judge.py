"""`drill.judge`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from seatrial.verbs._run import Run


@verb(
    positional=["journal"],
    help={
        "journal": "a file that drill has written",
        "html": "write a page with timelines to this file too",
    },
)
def judge(run: Run, journal: str, *, html: str = "", json: bool = False) -> int:
    """Judge what was recorded again, without an engine."""
    from seatrial.drill import journal as journals
    from seatrial.drill.ledger import held
    from seatrial.drill.run import judged
    from seatrial.report import drill as show

    kept = journals.opened(Path(journal))
    found = [held(judged(recording), recording.subject.extension.known) for recording in kept.recordings]
    if html:
        from seatrial.drill.run import Report
        from seatrial.report import asked_file, terminal
        from seatrial.report.page import WHAT
        from seatrial.verbs.drill._compared import known_before, page

        run.keep_own_secrets()  # the recordings are redacted; what this project keeps secret stays so in any case
        file = asked_file.ready(html, WHAT)
        asked_file.write(file, page(run, kept, Report(tuple(found)), known_before(run, kept, found)), WHAT)
        terminal.talk(f"report page: {file}")
    return show.verdicts(found, as_json=json)
