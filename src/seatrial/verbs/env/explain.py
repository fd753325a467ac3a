"""`env.explain`"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from seatrial.verbs._run import Run


@verb(positional=["name"], help={"name": "the variable"})
def explain(run: Run, name: str, *, json: bool = False) -> int:
    """Tell where a variable's value comes from, and what each service gets."""
    from seatrial.env.explain import explained
    from seatrial.report import env as show

    return show.explanation(explained(name, run.environment(), run.project, os.environ), as_json=json)
