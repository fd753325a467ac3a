"""`watch --detach`: the same command once more, in a session of its own, once it is known that it works."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from seatrial.errors import RunFailed
from seatrial.report import terminal
from seatrial.verbs.watch._watched import LOG, every_wrong_rule

if TYPE_CHECKING:
    from pathlib import Path

    from seatrial.verbs._run import Run

_LOOK_AGAIN_S = 0.05
_LAST_LINES = 20


def detached(run: Run, *, as_json: bool) -> int:
    """Start it, and wait until it watches, as long as a start may take."""
    from seatrial.watch.status import log_of, read, watched_already

    with every_wrong_rule(run):
        stack = run.engine.stack(run.project)
    before = read(run.project, stack.name)
    if before:
        raise watched_already(stack.name, f"process {before.process}")
    log = log_of(run.project, stack.name)
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    command = [sys.executable, *(word for word in sys.orig_argv[1:] if word != "--detach")]
    with open(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:  # noqa: PTH123
        child = subprocess.Popen(
            command,
            env={**os.environ, LOG: str(log)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    found = None
    while found is None:
        if child.poll() is not None:
            raise RunFailed(
                f"the watch ended with {child.returncode} before it watched",
                fix="correct what it says above, and start it again",
                detail=_last(log),
            )
        time.sleep(_LOOK_AGAIN_S)
        found = read(run.project, stack.name)
    if as_json:
        terminal.show_json({"version": 1, "project": stack.name, "process": child.pid, "log": str(log)})
    else:
        terminal.show(f"process {child.pid} watches project {stack.name}; log: {log}")
        terminal.talk("`watch.status` tells how it is, `watch.stop` ends it")
    return 0


def _last(log: Path) -> tuple[str, ...]:
    try:
        return tuple(log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:])
    except OSError:
        return ()
