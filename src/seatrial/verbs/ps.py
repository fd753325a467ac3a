"""`ps`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.verbs._run import Run


@verb()
def ps(run: Run, *, service: Sequence[str] = (), json: bool = False) -> int:
    """Show services: state, health, address."""
    from seatrial.lifecycle.extension_lines import with_declared
    from seatrial.lifecycle.orphans import marks
    from seatrial.report import show
    from seatrial.verbs._checkout import tell_owner
    from seatrial.verbs._profiles import tell_none_active

    stack = run.standing()
    tell_none_active(run, stack)
    snapshot = run.engine.snapshot(stack.name)
    names = stack.chosen(service) if service else (*stack.names, *sorted(snapshot.services - set(stack.names)))
    tell_owner(run, stack.name, snapshot, names)
    found = marks(run.engine, run.project, stack, snapshot)
    return show.stack(with_declared(stack, run.project), snapshot, names, found, as_json=json)
