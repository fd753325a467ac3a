"""The page that `up --html` writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from seatrial.report import asked_file, terminal
from seatrial.report.page import WHAT, render
from seatrial.report.page.up import up_page
from seatrial.verbs._provenance import provenance

if TYPE_CHECKING:
    from pathlib import Path

    from seatrial.lifecycle.bring_up import Result
    from seatrial.stack import Stack
    from seatrial.verbs._run import Run


def ready(name: str) -> Path:
    """The file called `name`, before anything is started. Raises `UsageError` when it cannot be written."""
    return asked_file.ready(name, WHAT)


def write(run: Run, file: Path, stack: Stack, result: Result) -> None:
    """Write it, also when the stack is not up."""
    seconds = result.outcome.seconds
    about = provenance(run, datetime.now(UTC) - timedelta(seconds=seconds), seconds=seconds)
    run.ready_to_show()
    asked_file.write(file, render.up(up_page(stack, result, about), terminal.redacted), WHAT)
    terminal.talk(f"report page: {file}")
