"""`env` and `env.check`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from seatrial.verbs._verb import Run


@verb(default=True)
def check(run: Run, *, json: bool = False) -> int:
    """Check what every container would get against the schema.

    The values are those that the installed Compose would use. All problems are told in one run; no secret is shown.
    """
    from seatrial.report import env as show

    return show.check(run.environment(), as_json=json)
