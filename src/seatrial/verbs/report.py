"""`report`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from seatrial.verbs._run import Run


@verb(
    help={
        "output": "the archive; default: seatrial-report-TIME.tar.gz in this folder",
        "tail": "how many lines of each container's log",
    }
)
def report(run: Run, *, output: str = "", tail: int = 500, json: bool = False) -> int:
    """Bundle what a bug report needs into one archive, without secrets.

    The last runs of drills and starts, versions, the configuration without values, and the end of each log. It works
    without an engine and without a compose file, with what there is then. Read it before you send it.
    """
    from datetime import UTC, datetime

    from seatrial.errors import UsageError
    from seatrial.report import asked_file, terminal
    from seatrial.report.bundle.archive import Member, about, packed
    from seatrial.verbs._gathered import Gathered

    if tail < 0:
        raise UsageError(f"--tail is {tail}", fix="give it a number from 0 on")
    what = "the report"
    file = asked_file.ready(output or f"seatrial-report-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar.gz", what)
    gathered = Gathered(run)
    gathered.everything(tail)
    members = [*gathered.members]
    page = about(members, gathered.missing)
    if not run.dry:
        asked_file.write(file, packed([Member("README.txt", "what is inside", page), *members]), what, mode=0o600)
    if json:
        inside = [{"name": one.name, "what": one.what, "characters": len(one.text)} for one in members]
        missing = [{"what": one.what, "why": one.why} for one in gathered.missing]
        terminal.show_json({"version": 1, "file": None if run.dry else str(file), "inside": inside, "missing": missing})
        return 0
    terminal.show(page.rstrip())
    terminal.show("nothing was written (--dry)" if run.dry else f"written to {file}; read it before you send it")
    return 0
