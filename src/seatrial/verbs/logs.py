"""`logs`"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    from seatrial.lifecycle.logs import Follower, check_range, chosen, so_far
    from seatrial.report import show

    check_range(since, tail)
    stack = run.standing()
    names = stack.chosen(service) if service else ()
    show_entry = show.entry_shower(stack, timestamps=timestamps, as_json=json)
    if not follow:
        containers = chosen(run.engine.snapshot(stack.name), names)
        for entry in so_far(run.engine, containers, since=since, tail=tail):
            show_entry(entry)
        return 0
    with run.engine.events(stack.name) as events, Follower(run.engine, names, since=since, tail=tail) as follower:
        follower.read(run.engine.snapshot(stack.name))
        for entry in follower.entries(events, stack.name):
            show_entry(entry)
    return 0
