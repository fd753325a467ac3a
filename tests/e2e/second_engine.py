"""What all engines that tests start beside the machine's own have in common."""

from __future__ import annotations

import os
import subprocess
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMIT_S = 60


def until_it_listens(engine: subprocess.Popen[str], where: str) -> None:
    """Wait until it says that it does, on `where`. Its errors are read to the end: a full pipe would hold it."""
    lines: SimpleQueue[str] = SimpleQueue()
    Thread(target=_read, args=(engine, lines), daemon=True).start()
    said = []
    while f"API listen on {where}" not in (line := lines.get(timeout=LIMIT_S)):
        said.append(line)
        assert line, "".join(said[-10:])


def load(image: str, environ: Mapping[str, str]) -> None:
    """Give the engine that `environ` chooses an image of this machine's."""
    with subprocess.Popen(["docker", "save", image], stdout=subprocess.PIPE) as saved:
        there = {**os.environ, **environ}
        subprocess.run(["docker", "load", "--quiet"], env=there, stdin=saved.stdout, check=True, capture_output=True)


def _read(engine: subprocess.Popen[str], lines: SimpleQueue[str]) -> None:
    """The last line is empty."""
    assert engine.stderr is not None
    with engine.stderr as said:
        for line in said:
            lines.put(line)
    lines.put("")
