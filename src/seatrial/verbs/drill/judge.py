"""`drill.judge`"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.errors import UsageError
from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.journal import Journal
    from seatrial.drill.verdict import Verdict
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
    from seatrial.report import drill as show

    kept = journals.opened(Path(journal))
    with _sound(journal):
        found = _verdicts(kept)
    if html:
        from seatrial.drill.run import Report
        from seatrial.report import asked_file, terminal
        from seatrial.report.page import WHAT
        from seatrial.verbs.drill._compared import known_before, page

        run.keep_own_secrets()  # the recordings are redacted; what this project keeps secret stays so in any case
        file = asked_file.ready(html, WHAT)
        with _sound(journal):
            text = page(run, kept, Report(tuple(found)), known_before(run, kept, found))
        asked_file.write(file, text, WHAT)
        terminal.talk(f"report page: {file}")
    return show.verdicts(found, as_json=json)


def _verdicts(kept: Journal) -> list[Verdict]:
    from seatrial.drill.ledger import held
    from seatrial.drill.reconcile import reconcile
    from seatrial.drill.run import judged

    verdicts = reconcile([judged(recording) for recording in kept.recordings], kept.recordings)
    known = (recording.subject.extension.known for recording in kept.recordings)
    return [held(verdict, gaps) for verdict, gaps in zip(verdicts, known, strict=True)]


@contextmanager
def _sound(journal: str) -> Iterator[None]:
    """What no drill records, such as a time that is none, is somebody's edit: no defect of ours, as elsewhere."""
    try:
        yield
    except (ValueError, ArithmeticError) as error:
        text = f"{journal} cannot be judged, it holds what no drill records: {error}"
        raise UsageError(text, fix="name a journal as drill has written it") from None
