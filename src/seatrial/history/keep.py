"""The runs of a project in this checkout on disk: the last 200, of at most a megabyte, for their owner only."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seatrial.history.run import Run
from seatrial.kept import load, of_checkout, save

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from seatrial.project import Project

VERSION = 1
MOST_RUNS, MOST_BYTES = 200, 1_000_000


@dataclass(frozen=True, slots=True)
class History:
    """What was kept, oldest first; `trouble` is why something could not be read, in words, "" when all could."""

    runs: tuple[Run, ...] = ()
    trouble: str = ""
    foreign: bool = False


def place(kind: str, project: Project, name: str) -> Path:
    """The file for runs of a `kind` (`drill`, `up`) of the project called `name` in this checkout."""
    return of_checkout(f"history/{kind}", project, name)


def recalled(kind: str, project: Project, name: str) -> History:
    """The runs before; none where there is no file. What another version has written is not read, and not touched."""
    file = place(kind, project, name)
    try:
        told = load(file)
    except FileNotFoundError:
        return History()
    except (OSError, ValueError):
        return History(trouble=f"the history in {file} cannot be read: it is begun anew")
    version = told.get("version") if isinstance(told, dict) else None
    if version != VERSION:
        trouble = f"the history in {file} is of version {version}; this seatrial reads version {VERSION} and leaves it"
        return History(trouble=trouble, foreign=True)
    try:
        return History(tuple(_run(run) for run in told["runs"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        return History(trouble=f"the history in {file} cannot be read: it is begun anew")


def remembered(kind: str, project: Project, name: str, before: History, now: Run) -> None:
    """Add a run. A disk that does not let us is no reason to fail."""
    if not now or before.foreign:
        return
    with suppress(OSError):
        save(place(kind, project, name), {"version": VERSION, "runs": bounded([*before.runs, now])})


def bounded(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """The newest of them as plain data, as many as may be kept. Pure."""
    kept: list[dict[str, Any]] = []
    room = MOST_BYTES
    for run in reversed(runs[-MOST_RUNS:]):
        data = {"at": run.at, "figures": run.figures, "verdicts": run.verdicts}
        room -= len(json.dumps(data))
        if room < 0 and kept:
            break
        kept.insert(0, data)
    return kept


def _run(told: Mapping[str, Any]) -> Run:
    """Raises `KeyError`, `TypeError`, `ValueError`, `AttributeError` for what is no run."""
    figures = {
        str(service): {str(name): _number(value) for name, value in own.items()}
        for service, own in told["figures"].items()
    }
    verdicts = {
        str(service): {str(drill): str(grade) for drill, grade in own.items()}
        for service, own in told.get("verdicts", {}).items()
    }
    return Run(str(told["at"]), figures, verdicts)


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError
    return number
