"""`env.docs`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from seatrial.verbs._run import Run


@verb(help={"output": "the page to write; default: standard output", "check": "only tell whether it is up to date"})
def docs(run: Run, *, output: str = "", check: bool = False, json: bool = False) -> int:
    """Write the documentation of all variables as Markdown.

    With --check nothing is written: exit code 1 when the page at --output (docs/env.md) is not what the schema says.
    """
    from seatrial.env.document import documentation, is_current, write
    from seatrial.lifecycle.env_files import plan_docs
    from seatrial.report import env_docs as show
    from seatrial.report import show as plans

    told = documentation(run.engine, run.project)
    target = Path(output) if output else None
    if check:
        target = target or run.project.root / "docs" / "env.md"
        return show.checked(told, target, current=is_current(target, told.page), as_json=json)
    if target is None:
        return show.page(told, as_json=json)
    if run.dry:
        return plans.plan(plan_docs(target, told.page), as_json=json)
    return show.wrote(told, target, changed=write(target, told.page), as_json=json)
