"""What of a run of drills is kept for the runs to come. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.history.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.drill.verdict import Verdict

# What is worth comparing from run to run, under the name that it is kept by.
_FIGURES = {
    ("graceful-stop", "used_s"): "stop_s",
    ("warm-start", "ready_s"): "start_s",
    ("cold-start", "cold_ready_s"): "cold_start_s",
    ("crash-restart", "ready_again_s"): "back_after_crash_s",
    ("image", "image_bytes"): "image_bytes",
}


def measured(verdicts: Iterable[Verdict], at: str) -> Run:
    """The figures and grades of a run that began `at`."""
    found = Run(at)
    for verdict in verdicts:
        place = f"{verdict.service} > {verdict.dependency}" if verdict.dependency else verdict.service or "(stack)"
        found.verdicts.setdefault(place, {})[verdict.drill] = verdict.grade.value
        for (drill, name), kept in _FIGURES.items():
            if verdict.drill == drill and not verdict.dependency and name in verdict.figures:
                found.figures.setdefault(verdict.service, {})[kept] = float(verdict.figures[name])
    return found
