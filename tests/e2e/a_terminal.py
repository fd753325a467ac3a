"""The other side of a terminal: what a program draws on it, keys for it, and its size."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import ComposeProject

LIMIT_S = 60
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[()][0-9A-B]|\x1b[=>]|[\x0e\x0f]")


class Terminal:
    """The other side of a terminal that a program draws on."""

    def __init__(self, process: subprocess.Popen[bytes], side: int) -> None:
        self.process, self._side, self.drawn = process, side, ""

    def until(self, pattern: str) -> str:
        """What was drawn since the last call, up to what `pattern` finds."""
        end = time.monotonic() + LIMIT_S
        while not (found := re.search(pattern, _ESCAPE.sub("", self.drawn))):
            assert time.monotonic() < end, self.drawn
            self._read()
        self.drawn = ""
        return found.string

    def whole(self) -> str:
        """All that is drawn until the program ends, escapes included."""
        end = time.monotonic() + LIMIT_S
        while self.process.poll() is None or select.select([self._side], [], [], 0)[0]:
            assert time.monotonic() < end, self.drawn
            try:
                self._read()
            except OSError:  # Linux says so when the last one that had the other side open is gone
                break
        return self.drawn

    def _read(self) -> None:
        if select.select([self._side], [], [], 1.0)[0]:
            self.drawn += os.read(self._side, 65536).decode(errors="replace")

    def press(self, keys: str) -> None:
        os.write(self._side, keys.encode())

    def modes(self) -> list[object]:
        """How the terminal behaves: whether it echoes, hands over lines or keys, and so on."""
        return termios.tcgetattr(self._side)

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._side, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def _at_its_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    # A test run in the background of a shell has ^C switched off, and hands that down.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def terminal(project: ComposeProject, *arguments: str, **environ: str) -> Iterator[Terminal]:
    """`seatrial ARGUMENTS` at a terminal of 80 columns and 24 lines."""
    ours, its = os.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "seatrial", *arguments],
        cwd=project.folder,
        env={**project.environment(), "TERM": "xterm", **environ},
        stdin=its, stdout=its, stderr=its, start_new_session=True,
        preexec_fn=_at_its_terminal,  # noqa: PLW1509
    )  # fmt: skip
    os.close(its)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
