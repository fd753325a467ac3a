"""`drill.judge`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from seatrial.verbs._run import Run


@verb(positional=["journal"], help={"journal": "a file that drill has written"})
def judge(run: Run, journal: str, *, json: bool = False) -> int:
    """Judge what was recorded again, without an engine."""
    from seatrial.drill import journal as journals
    from seatrial.drill.ledger import held
    from seatrial.drill.run import judged
    from seatrial.report import drill as show

    recordings = journals.read(Path(journal))
    found = [held(judged(recording), recording.subject.extension.known) for recording in recordings]
    return show.verdicts(found, as_json=json)
