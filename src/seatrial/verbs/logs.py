"""`logs`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.report import terminal
from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.verbs._run import Run


@verb(
    help={
        "follow": "go on until ^C, through restarts and new containers",
        "tail": "only the last N lines of each container",
        "since": "only lines since then: a time (2026-01-31T12:00:00Z) or an age (10m)",
        "timestamps": "show the engine's time of each line",
        "json": "one JSON object a line",
    }
)
def logs(
    run: Run,
    *,
    service: Sequence[str] = (),
    follow: bool = False,
    tail: str = "all",
    since: str = "",
    timestamps: bool = False,
    json: bool = False,
) -> int:
    """Show the services' logs as one stream, in the engine's time order."""
    from seatrial.lifecycle.logs import Follower, check_range, chosen, so_far, unattached
    from seatrial.report import show
    from seatrial.verbs._checkout import tell_owner

    check_range(since, tail)
    stack = run.standing()
    names = stack.chosen(service) if service else ()
    show_entry = show.entry_shower(stack, timestamps=timestamps, as_json=json)
    before = run.engine.snapshot(stack.name)
    hidden = unattached(stack)
    containers = chosen(before, names, hidden)
    tell_owner(run, stack.name, before, names or before.services)
    if not containers:
        _tell_of_none(stack.name, names, follow=follow)
    if not follow:
        for entry in so_far(run.engine, containers, since=since, tail=tail, refused=show.log_refused):
            show_entry(entry)
        return 0
    following = Follower(run.engine, names, since=since, tail=tail, hidden=hidden, refused=show.log_refused)
    with run.engine.events(stack.name) as events, following as follower:
        follower.read(run.engine.snapshot(stack.name))
        for entry in follower.entries(events, stack.name):
            show_entry(entry)
    return 0


def _tell_of_none(project: str, names: Sequence[str], *, follow: bool) -> None:
    whose, up = (f"{', '.join(names)} in {project}", f"up --service {names[0]}") if names else (project, "up")
    what_then = "waiting for one" if follow else f"`{up}` makes one"
    terminal.talk(f"no container of {whose}: {what_then}")
