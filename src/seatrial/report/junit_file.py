"""Writes a JUnit report."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from seatrial.report import asked_file, junit

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from seatrial.drill.run import Report

_WHAT = "the JUnit report"


def ready(name: str) -> Path:
    """The file called `name`, which can be written. Raises `UsageError`, which says why it cannot."""
    return asked_file.ready(name, _WHAT)


def write(path: Path, project: str, found: Report, began: datetime, redact: Callable[[str], str]) -> None:
    """Write it. Raises `UsageError` when that fails in spite of all."""
    asked_file.write(path, junit.text(project, found, began, platform.node(), redact), _WHAT)
