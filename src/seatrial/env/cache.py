"""Recalls that an environment was in order, so that asking again costs nothing."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from seatrial.env.problem import Problem, Severity
from seatrial.env.record import FORMAT, digest, known_prints, place, prints
from seatrial.kept import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.project import Project


class Remembered(NamedTuple):
    """An environment that was in order; `problems` are warnings and notes, `variables` how many were checked."""

    problems: tuple[Problem, ...]
    variables: int


def recall(project: Project, environ: Mapping[str, str]) -> Remembered | None:
    """What was found the last time, if nothing that it depends on has changed since."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError):
        record = load(place(project, environ))
        files = [Path(name) for name in record["files"]]
        now = {**known_prints(project), **prints(files)}
        if record["format"] == FORMAT and record["digest"] == digest(now, environ, record["names"]):
            problems = tuple(Problem(**{**p, "severity": Severity(p["severity"])}) for p in record["problems"])
            return Remembered(problems, int(record["variables"]))
    return None
