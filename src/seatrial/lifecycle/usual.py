"""How long a start usually takes, so that `up` can say which service has become slower; kept in the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.history import keep
from seatrial.history.regression import regressions
from seatrial.history.run import Run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.history.keep import History
    from seatrial.lifecycle.timing import Times
    from seatrial.project import Project

KIND = "up"


def measured(times: Mapping[str, Times], at: str) -> Run:
    """By service, the seconds from its start until it was ready; of those that were started. Pure."""
    own = {
        name: {"ready_s": round(found.ready - found.started, 3)}
        for name, found in times.items()
        if found.ready is not None and found.started is not None
    }
    return Run(at, own)


def slower(before: History, now: Run) -> tuple[tuple[str, float], ...]:
    """Services that took clearly longer than usual, and by how many seconds, worst first. Pure."""
    found = [(one.service, one.now - one.usual) for one in regressions(before.runs, now)]
    return tuple(sorted(found, key=lambda pair: -pair[1]))


def recalled(project: Project, name: str) -> History:
    """The runs before."""
    return keep.recalled(KIND, project, name)


def remembered(project: Project, name: str, before: History, now: Run) -> None:
    """Add a run. A disk that does not let us is no reason to fail."""
    keep.remembered(KIND, project, name, before, now)
