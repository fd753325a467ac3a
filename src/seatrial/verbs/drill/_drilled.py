"""What `drill`, `drill.stop` and `drill.restart` share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.errors import UsageError
from seatrial.report import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.verbs._run import Run


def drilled(
    run: Run,
    only: Sequence[str],
    *,
    service: Sequence[str],
    deep: bool,
    repeat: int,
    journal: str,
    junit: str,
    as_json: bool,
) -> int:
    """Drill what is chosen, keep the recordings, show the report; its exit code."""
    from seatrial.drill import journal as journals
    from seatrial.drill import lock
    from seatrial.drill.drills import DRILLS
    from seatrial.drill.extension.declared import declared
    from seatrial.drill.run import chosen
    from seatrial.drill.run import run as run_drills
    from seatrial.drill.scene import Options, opened
    from seatrial.places import cache
    from seatrial.report import drill as show

    if repeat < 1:
        raise UsageError(f"--repeat is {repeat}", fix="give it a number from 1 on")
    drills = chosen(only, deep=deep)
    stack = run.engine.stack(run.project)
    services = stack.chosen(service)
    said = declared(run.engine, run.project, services, [drill.name for drill in DRILLS])
    run.keep(said.secrets)
    if run.dry:
        return show.plan(services, drills)
    options = Options(terminal.talk, deep=deep, helper_image=run.settings.helper_image.value)
    with (
        lock.held(cache(), stack.name),
        opened(run.engine, run.project, stack, said, options) as scene,
    ):
        report = run_drills(scene, services, drills, repeat=repeat)
    kept = Path(journal) if journal else cache() / f"{stack.name}.drill.json"
    journals.write(kept, report.recordings, stack.name, terminal.redacted)
    return show.report(stack, report, kept, as_json=as_json)
