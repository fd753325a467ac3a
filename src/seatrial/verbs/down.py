"""`down`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.errors import UsageError
from seatrial.report import terminal
from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from seatrial.verbs._run import Run


@verb(help={"volumes": "delete the project's volumes too, after a yes", "yes": "say yes to --volumes beforehand"})
def down(run: Run, *, volumes: bool = False, yes: bool = False, json: bool = False) -> int:
    """Stop and remove all containers; volumes are kept.

    Containers of inactive profiles are removed too. --volumes names the volumes it will delete and asks.
    """
    from seatrial.lifecycle.down import plan_down
    from seatrial.report import show

    run.engine.about()
    stack = run.standing()
    names = run.engine.volumes(stack.name)
    plan = plan_down(stack, run.engine.snapshot(stack.name), names, delete_volumes=volumes)
    if run.dry:
        return show.plan(plan, as_json=json)
    if volumes and names and not yes:
        _ask(names)
    show.teller()(str(plan))
    run.engine.down(run.project, volumes=volumes)
    return show.done(stack, plan, as_json=json)


def _ask(names: tuple[str, ...]) -> None:
    listed = ", ".join(names)
    if not terminal.terminal():
        raise UsageError(f"--volumes would delete {listed}, with all data in them", fix="say so with --yes")
    if not terminal.ask(f"delete {listed}, with all data in them?"):
        raise UsageError("nothing was removed", fix="answer y, or leave out --volumes to keep the data")
