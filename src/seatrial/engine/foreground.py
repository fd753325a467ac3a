"""Client processes that share our terminal, and those that python-on-whales starts and keeps no handle on."""

from __future__ import annotations

import signal
import subprocess
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from seatrial.engine.child import client_missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psutil import Process

LAST_WORDS_S = 5.0


def attached(arguments: Sequence[str]) -> int:
    """Run `docker ARGUMENTS` with our own terminal and streams; its exit code. ^C is the command's, not ours."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.run(
            ["docker", *arguments],
            check=False,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        ).returncode
    except FileNotFoundError:
        raise client_missing() from None
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def reaped(limit_s: float | None = None) -> Iterator[threading.Event]:
    """On the way out, whatever the reason, end every child process that was started inside.

    python-on-whales' streams leave their child running when the reader stops early (its issue 687), and have no time
    limit: after `limit_s` seconds the children are ended and the event that is given is set. A ^C at the terminal
    reaches such a child too, and Compose then puts its own work down: it gets `LAST_WORDS_S` for that.
    """
    import psutil

    own = psutil.Process()
    before = {child.pid for child in own.children()}
    late = threading.Event()

    def end() -> None:
        children = [c for c in own.children() if c.pid not in before]
        _end([*children, *(d for child in children for d in _descendants(child))])

    def end_late() -> None:
        late.set()
        end()

    timer = threading.Timer(limit_s, end_late) if limit_s is not None else None
    if timer:
        timer.daemon = True
        timer.start()
    try:
        yield late
    finally:
        if timer:
            timer.cancel()
        end()


def _descendants(process: Process) -> list[Process]:
    import psutil

    with suppress(psutil.NoSuchProcess):
        return process.children(recursive=True)
    return []


def _end(processes: Sequence[Process]) -> None:
    import psutil

    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, left = psutil.wait_procs(list(processes), timeout=LAST_WORDS_S)
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
