"""`env.diff`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from seatrial.verbs._run import Run


@verb()
def diff(run: Run, *, json: bool = False) -> int:
    """Tell how env file, schema and running containers differ.

    Names the services that `up` would have to recreate for it. Names only, no values.
    """
    from seatrial.env.diff import compared
    from seatrial.report import env as show

    found = run.environment()
    return show.difference(compared(found, run.engine), as_json=json)
