"""`watch.stop`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from seatrial.verbs._run import Run


@verb()
def stop(run: Run, *, json: bool = False) -> int:
    """End the watch of this project, wherever it was started.

    The containers run on.
    """
    import os
    import signal

    from seatrial.errors import TimedOut
    from seatrial.lifecycle.lock import freed
    from seatrial.places import cache
    from seatrial.report import terminal
    from seatrial.watch.status import lock_name, read

    stack = run.standing()
    found = read(run.project, stack.name)
    if found and not run.dry:
        os.kill(found.process, signal.SIGTERM)
        if not freed(cache(), lock_name(stack.name), within_s=10.0):
            raise TimedOut(
                f"the watch of {stack.name} (process {found.process}) has not ended in 10 s",
                fix=f"see what it does, or `kill -9 {found.process}`: the next watch sends what it left",
            )
    if json:
        terminal.show_json({"version": 1, "project": stack.name, "stopped": found.process if found else None})
    elif found:
        terminal.talk(f"{'would end' if run.dry else 'ended'} the watch of {stack.name} (process {found.process})")
    else:
        terminal.talk(f"nobody watches project {stack.name}; nothing to do")
    return 0
