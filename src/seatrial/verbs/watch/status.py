"""`watch.status`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from seatrial.verbs._run import Run


@verb()
def status(run: Run, *, json: bool = False) -> int:
    """Tell how the watch of this project is: last change, pending, errors.

    The exit code is 1 when nobody watches it, or something cannot be sent.
    """
    from seatrial.report import watch as show
    from seatrial.watch.status import read

    stack = run.standing()
    return show.status(read(run.project, stack.name), stack.name, run.project.directory, as_json=json)
