"""`status` on real containers: at one look, and as a view of a terminal that goes on."""

from __future__ import annotations

import fcntl
import json
import os
import re
import select
import struct
import subprocess
import sys
import termios
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import ComposeProject

pytestmark = pytest.mark.engine
LIMIT_S = 60
SERVICES = """
  web:
    image: {image}
    command: [sh, -c, "printf 'the token is %s\\\\n' $$TOKEN; exec sleep 1000"]
    environment: {{TOKEN: dont-show-this-to-anybody}}
    init: true
  broken:
    image: {image}
    command: [sh, -c, "echo no config; exit 3"]
"""
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

    def _read(self) -> None:
        if select.select([self._side], [], [], 1.0)[0]:
            self.drawn += os.read(self._side, 65536).decode(errors="replace")

    def press(self, keys: str) -> None:
        os.write(self._side, keys.encode())

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._side, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


@contextmanager
def terminal(project: ComposeProject, *arguments: str) -> Iterator[Terminal]:
    """`seatrial ARGUMENTS` at a terminal of 80 columns and 24 lines."""
    ours, its = os.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "seatrial", *arguments],
        cwd=project.folder,
        env={**project.environment(), "TERM": "xterm"},
        stdin=its, stdout=its, stderr=its, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
    )  # fmt: skip
    os.close(its)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_status_tells_what_runs_what_it_uses_and_what_it_said_at_one_look_and_as_it_goes_on(
    project: ComposeProject, base_image: str
) -> None:
    project.write(SERVICES.format(image=base_image))
    project.run("up", "--no-wait")
    project.docker("wait", project.container("broken"))

    told = json.loads(project.run("status", "--json").stdout)
    broken, web = told["services"]
    assert [(s["service"], s["grade"]) for s in told["services"]] == [("broken", "trouble"), ("web", "up")]
    assert (broken["containers"][0]["last_line"], broken["containers"][0]["exit_code"]) == ("no config", 3)
    assert broken["containers"][0]["cores"] is None
    assert 0 <= web["containers"][0]["cores"] < 1
    assert web["containers"][0]["memory_bytes"] > 10_000
    assert web["containers"][0]["last_line"] == "the token is [REDACTED]"

    with terminal(project, "status", "--live") as view:
        first = view.until("the token is")
        assert "1 in trouble, 1 up" in first
        assert first.index("no config") < first.index("the token is")
        project.docker("stop", "-t", "1", project.container("web"))
        view.until("ended, exit")
        view.resize(50, 10)
        view.until("q ends")
        view.press("q")
        view.until("")
        assert view.process.wait(LIMIT_S) == 0


def test_a_view_that_goes_on_needs_a_terminal(draft: ComposeProject) -> None:
    draft.write("  web: {image: none}")
    done = draft.run("status", "--live")
    assert done.returncode == 2
    assert "--live needs a terminal" in done.stderr
