"""`drill.list`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from seatrial.verbs._run import Run


@verb(name="list")
def list_(run: Run, *, json: bool = False) -> int:
    """List the drills and what each one proves."""
    from seatrial.drill.drills import DRILLS
    from seatrial.report import drill as show

    return show.drills(DRILLS, as_json=json)
