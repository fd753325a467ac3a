"""`down`"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.errors import UsageError
from seatrial.report import terminal
from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from seatrial.verbs._run import Run


@verb(
    help={
        "timeout": "seconds that each may take before it is killed; default: its own grace period",
        "volumes": "delete the project's volumes too, after a yes",
        "yes": "say yes to --volumes beforehand",
    }
)
def down(run: Run, *, volumes: bool = False, yes: bool = False, timeout: str = "", json: bool = False) -> int:
    """Stop and remove all containers; volumes are kept.

    Containers of inactive profiles are removed too, and of services that are no longer in the compose file. Each is
    stopped the moment all that need it are gone. --volumes names the volumes it will delete and asks.
    """
    from seatrial.engine.together import together

    began_s = time.monotonic()
    engine = run.engine
    with together() as asking:
        everything = asking.ask(run.everything)  # Compose resolves the model while the rest is loaded
        engine.about()
        from seatrial.lifecycle.down import plan_down
        from seatrial.lifecycle.leftovers import clear, own_volumes
        from seatrial.lifecycle.stop_order import turns
        from seatrial.lifecycle.stopping import Halt, stop_in_order
        from seatrial.report import show
        from seatrial.report import stop as shown
        from seatrial.verbs._checkout import check_owner

        stack, before = everything.answer()
    names, others = own_volumes(engine, stack, delete=volumes)
    check_owner(run, stack, before, before.services, fate="removed")
    users = engine.volume_users(names) if run.dry and volumes and names else {}
    plan = plan_down(stack, before, names, delete_volumes=volumes, others=others, users=users)
    if run.dry:
        return show.plan(plan, as_json=json)
    if volumes and names and not yes:
        _ask(names)
    grace_s = run.settings.grace_s
    # By labels Compose goes by what containers say of each other, and fails for one that names another which is gone.
    remove = not run.project.by_labels
    halt = Halt(engine, run.project, stack, show.teller(), grace_s, remove=remove, volumes=volumes)
    with together() as meanwhile:
        meanwhile.ask(run.ready_to_show)
        stops = stop_in_order(halt, turns(stack, before.containers))
        if not stops.failures:
            kept = clear(halt, before.containers, stops, names if volumes else ())
            stops = replace(stops, kept=kept)
    ending = shown.removed(plan, stops, time.monotonic() - began_s)
    return shown.stopped(stack, plan, stops, ending, as_json=json)


def _ask(names: tuple[str, ...]) -> None:
    listed = f"{', '.join(names)}, with all data in {'it' if len(names) == 1 else 'them'}"
    if not terminal.terminal():
        raise UsageError(f"--volumes would delete {listed}", fix="say so with --yes")
    if not terminal.ask(f"delete {listed}?"):
        raise UsageError("nothing was removed", fix="answer y, or leave out --volumes to keep the data")
