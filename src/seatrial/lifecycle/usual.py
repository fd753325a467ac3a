"""How long a start usually takes, kept per checkout, so that `up` can say which service has become slower."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from seatrial.kept import load, of_checkout, save

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatrial.lifecycle.timing import Times
    from seatrial.project import Project

_KIND = "starts"
_KEPT, _NEEDED = 20, 3
# A busy machine makes everything a little slower.
_SLOWER_S, _SLOWER = 1.0, 1.5

Run = dict[str, float]


def own_s(times: Mapping[str, Times]) -> Run:
    """By service, the seconds from its start until it was ready; of those that were started. Pure."""
    return {
        name: round(found.ready - found.started, 3)
        for name, found in times.items()
        if found.ready is not None and found.started is not None
    }


def slower(before: Sequence[Run], now: Run) -> tuple[tuple[str, float], ...]:
    """Services that took clearly longer than usual, and by how many seconds, worst first. Pure."""
    from statistics import median  # longer to load than all that is done with it

    found = []
    for name, seconds in now.items():
        known = [run[name] for run in before if name in run]
        if len(known) < _NEEDED:
            continue
        usual = median(known)
        if seconds - usual >= _SLOWER_S and seconds >= usual * _SLOWER:
            found.append((name, seconds - usual))
    return tuple(sorted(found, key=lambda pair: -pair[1]))


def recalled(project: Project, name: str) -> list[Run]:
    """The runs before, oldest first; none when there is no file, or not one of ours."""
    with suppress(OSError, ValueError, AttributeError, TypeError):
        told = load(of_checkout(_KIND, project, name))
        return [{key: float(value) for key, value in run.items()} for run in told["runs"]]
    return []


def remembered(project: Project, name: str, before: Sequence[Run], now: Run) -> None:
    """Add a run. A disk that does not let us is no reason to fail."""
    if not now:
        return
    with suppress(OSError):
        save(of_checkout(_KIND, project, name), {"version": 1, "runs": [*before, now][-_KEPT:]})
