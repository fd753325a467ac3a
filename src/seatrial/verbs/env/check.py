"""`env` and `env.check`"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from seatrial.verbs._run import Run


@verb(default=True)
def check(run: Run, *, json: bool = False) -> int:
    """Check what every container would get against the schema.

    The values are those that the installed Compose would use. All problems are told in one run; no secret is shown.
    """
    from seatrial.env.cache import recall
    from seatrial.env.subfolder import in_a_subfolder
    from seatrial.report import env as show

    # The whole answer, values included, is for those who ask for JSON: it is never remembered.
    remembered = None if json else recall(run.project, os.environ)
    if remembered:
        return show.remembered(remembered, in_a_subfolder(run.start, run.project))
    return show.check(run.environment(), as_json=json)
