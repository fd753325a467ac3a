"""`restart`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.errors import RunFailed
from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.verbs._run import Run


@verb()
def restart(run: Run, *, service: Sequence[str] = (), timeout: str = "", json: bool = False) -> int:
    """Restart services and verify that they are up again.

    They are stopped as by `stop`, dependants first, and started as by `up`, each when what it depends on is as it
    asks. A changed environment or compose file needs `up`, which makes new containers; a restart keeps the old ones.
    """
    from seatrial.engine import UpRequest
    from seatrial.lifecycle.down import plan_restart
    from seatrial.lifecycle.extension_lines import with_declared
    from seatrial.lifecycle.readiness import Rules
    from seatrial.lifecycle.restarting import restart as restart_and_verify
    from seatrial.lifecycle.stage import Stage
    from seatrial.report import show
    from seatrial.report.progress import Progress
    from seatrial.verbs._checkout import check_owner
    from seatrial.verbs._profiles import check_active, check_profiles

    run.engine.about()
    check_profiles(run)
    stack = with_declared(run.engine.stack(run.project), run.project)
    check_active(run, stack)
    before = run.engine.snapshot(stack.name)
    check_owner(run, stack, before, stack.chosen(service), fate="restarted")
    plan = plan_restart(stack, before, service)
    if run.dry:
        return show.plan(plan, as_json=json)
    if not plan.acts:
        raise RunFailed(f"project {stack.name} has no container to restart", fix="up makes them")
    rules = Rules(stable_s=run.settings.stable_s.value)
    with Progress() as shown:
        stage = Stage(run.engine, run.project, stack, before, shown.line, rules, changed=shown.outcome)
        result = restart_and_verify(stage, plan, UpRequest(timeout_s=run.settings.timeout_s.value))
    return show.up(stack, result, as_json=json)
