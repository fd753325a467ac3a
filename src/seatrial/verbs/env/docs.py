"""`env.docs`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from seatrial.verbs._run import Run


@verb(help={"output": "the page to write; default: standard output", "check": "only tell whether it is up to date"})
def docs(run: Run, *, output: str = "", check: bool = False) -> int:
    """Write the documentation of all variables as Markdown.

    With --check nothing is written: exit code 1 when the page at --output (docs/env.md) is not what the schema says.
    """
    from seatrial.env.document import is_current, page, write
    from seatrial.lifecycle.env_files import plan_docs
    from seatrial.report import env as show
    from seatrial.report import show as plans

    text = page(run.engine, run.project)
    target = Path(output) if output else None
    if check:
        target = target or run.project.root / "docs" / "env.md"
        return show.docs_checked(target, current=is_current(target, text))
    if target is None:
        return show.text(text)
    if run.dry:
        return plans.plan(plan_docs(target, text))
    return show.written(target, changed=write(target, text))
