"""`status`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from seatrial.report.status.layout import Frame
    from seatrial.stack import Stack
    from seatrial.verbs._run import Run


@verb(help={"live": "go on until q or ^C: the whole terminal, the troubled services first"})
def status(run: Run, *, live: bool = False, json: bool = False) -> int:
    """Show how services are: state, restarts, CPU, memory, last log line.

    What is in trouble stands first; how the watch of the project is, too. `ps` shows addresses, and takes less time.
    """
    from seatrial.errors import UsageError
    from seatrial.report import terminal
    from seatrial.verbs._profiles import tell_none_active

    if live and json:
        raise UsageError("--live is for people", fix="--json without it shows one look")
    if live and not terminal.whole():
        raise UsageError("--live needs a terminal", fix="`status` without it shows one look; --json for programs")
    stack = run.standing()
    tell_none_active(run, stack)
    return _live(run, stack) if live else _once(run, stack, as_json=json)


def _once(run: Run, stack: Stack, *, as_json: bool) -> int:
    import time

    from seatrial.lifecycle import lock
    from seatrial.lifecycle.figures import Reader
    from seatrial.lifecycle.orphans import marks
    from seatrial.lifecycle.overview import overview
    from seatrial.lifecycle.unreachable import unreachable
    from seatrial.places import cache
    from seatrial.report.status import shown
    from seatrial.report.status.layout import View
    from seatrial.verbs._checkout import tell_owner
    from seatrial.watch.status import read

    snapshot = run.engine.snapshot(stack.name)
    tell_owner(run, stack.name, snapshot, stack.names)
    containers = [c for c in snapshot.containers if not c.one_off]
    reader = Reader(run.engine)
    figures = reader.first([c.id for c in containers], [c.id for c in containers if c.state == "running"])
    found = marks(run.engine, run.project, stack, snapshot)
    rows = overview(stack, snapshot, figures, time.time_ns() + reader.offset_ns, found)
    watch = read(run.project, stack.name)
    view = View(stack.name, rows, shown.watch_line(watch, time.time()))
    notes = unreachable(stack, snapshot, stack.names)
    if as_json:
        return shown.as_json(view, figures, watch, found, notes)
    who = lock.holder(cache(), stack.name)
    busy = (f"{who} is busy with the project, and may stop and start services",) if who else ()
    return shown.once(view, (*busy, *notes))


def _live(run: Run, stack: Stack) -> int:
    import time

    from seatrial.lifecycle.lookout import Lookout
    from seatrial.lifecycle.marks import Marks
    from seatrial.lifecycle.orphans import marks, owners
    from seatrial.lifecycle.overview import overview
    from seatrial.report.status import shown
    from seatrial.report.status.layout import View, frame
    from seatrial.report.status.screen import Screen
    from seatrial.watch.status import read

    run.ready_to_show()
    orphans = marks(run.engine, run.project, stack, run.engine.snapshot(stack.name)).orphans
    screen = Screen()
    with Lookout(run.engine, stack.name, screen.wake) as lookout:

        def draw(width: int, height: int, first: int) -> Frame:
            seen = lookout.seen
            found = Marks(orphans, owners(seen.snapshot.containers))
            rows = overview(stack, seen.snapshot, seen.figures, time.time_ns() + seen.offset_ns, found)
            watch = shown.watch_line(read(run.project, stack.name), time.time())
            drawn = frame(shown.redacted(View(stack.name, rows, watch, seen.trouble)), width, height, first)
            lookout.look_at(row.service for row in rows[drawn.first : drawn.first + drawn.shown])
            return drawn

        lookout.wait_for_first()
        screen.run(draw)
    return 0
