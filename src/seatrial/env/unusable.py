"""What is called as a file of ours is, and is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.env.files import UNREADABLE
from seatrial.env.paths import no_file, reserved
from seatrial.env.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.project import Project


def unusable(project: Project) -> Iterator[Problem]:
    """Something is called `.env` or `.env.schema` and is no file: it would be passed over without a word."""
    for shown, path in reserved(project):
        if reason := no_file(path):
            message, fix = reason
            passed = (
                path.name == ".env" and path.is_dir()
            )  # as a virtual environment of Python: Compose reads none there
            severity = Severity.WARNING if passed else Severity.ERROR
            yield Problem(shown, None, None, UNREADABLE, message, fix.format(shown), severity)
