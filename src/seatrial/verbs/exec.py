"""`exec`"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from seatrial.errors import RunFailed, UsageError
from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.engine.observed import Snapshot
    from seatrial.stack import Service, Stack
    from seatrial.verbs._run import Run


@verb(name="exec", positional=["name"], help={"name": "the service"})
def exec_(run: Run, name: str) -> int:
    """Run a command in a running service: exec NAME -- COMMAND.

    The exit code is the command's.
    """
    from seatrial.lifecycle.plan import Plan, Step
    from seatrial.report import show
    from seatrial.verbs._checkout import tell_owner

    if not run.rest:
        raise UsageError("no command to run", fix=f"put it behind two dashes: exec {name} -- COMMAND [ARGUMENT ...]")
    stack = run.standing()
    service = stack.service(name)
    if run.dry:
        return show.plan(Plan((Step("exec in", name, " ".join(run.rest)),)))
    seen = run.engine.snapshot(stack.name)
    tell_owner(run, stack.name, seen, [name])
    if not any(c.state == "running" for c in seen.of(service.name)):
        raise RunFailed(f"{name} is not running", fix=_fix(stack, service, seen, run.rest))
    return run.engine.execute(run.project, name, run.rest, tty=sys.stdin.isatty() and sys.stdout.isatty())


def _fix(stack: Stack, service: Service, seen: Snapshot, command: Sequence[str]) -> str:
    """How the command can run; `up` would only let a one-shot end again. Pure."""
    import shlex

    from seatrial.lifecycle.readiness import has_to_end, is_done

    fresh = f"docker compose run --rm {service.name} {shlex.join(command)}"
    if has_to_end(stack, service):
        return f"it is a one-shot, so use a new container: {fresh}"
    start = f"start it: up --service {service.name}"
    # It may have been stopped, and may have ended by itself: the engine does not say which.
    return f"{start}; if it ends at once, {fresh}" if is_done(stack, service.name, seen) else start
