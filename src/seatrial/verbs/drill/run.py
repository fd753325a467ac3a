"""`drill` and `drill.run`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.verbs._run import Run


@verb(default=True, iterable=["only"], help={"only": "only this drill, repeatable; drill.list names them"})
def run(run: Run, *, service: Sequence[str] = (), only: Sequence[str] = (), json: bool = False) -> int:
    """Judge every running service: can it stop, restart and become healthy?

    So far from the configuration in force; nothing is stopped or killed.
    """
    from seatrial.drill.run import chosen
    from seatrial.drill.run import run as run_drills
    from seatrial.report import drill as show

    drills = chosen(only)
    stack = run.engine.stack(run.project)
    return show.verdicts(stack, run_drills(run.engine, stack, stack.chosen(service), drills), as_json=json)
