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
    from seatrial.drill.run import judged
    from seatrial.report import drill as show

    return show.verdicts([judged(recording) for recording in journals.read(Path(journal))], as_json=json)
