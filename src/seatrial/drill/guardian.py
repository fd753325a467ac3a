"""Puts back what a drill has changed when the drill itself dies: a process of its own that outlives ours.

Its input are debts, one JSON line each: `[number, ["docker", "start", ...]]`, and `[number]` when one is paid.
When the input ends with debts unpaid, it pays them, last one first.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.engine.containers import asked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LIMIT_S = 60


class Guardian:
    """Our end of it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    @contextmanager
    def owing(self, *arguments: str) -> Iterator[None]:
        """Whatever happens inside, `docker ARGUMENTS` is run at the end. It must do no harm when it is not needed."""
        number = next(self._numbers)
        self._tell([number, ["docker", *arguments]])
        try:
            yield
        finally:
            asked(arguments, doing=f"put back what was changed (docker {' '.join(arguments)})", limit_s=_LIMIT_S)
            self._tell([number])

    def _tell(self, debt: Sequence[object]) -> None:
        assert self._process.stdin is not None  # noqa: S101
        with self._lock:
            self._process.stdin.write(json.dumps(debt) + "\n")
            self._process.stdin.flush()


@contextmanager
def watching() -> Iterator[Guardian]:
    """A guardian that lives as long as the block, and longer if we do not."""
    process = subprocess.Popen(
        # By its path and without site packages: it starts in 20 ms, and nothing that we have imported can break it.
        [sys.executable, "-I", "-S", str(Path(__file__).with_name("guardian_process.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        yield Guardian(process)
    finally:
        assert process.stdin is not None  # noqa: S101
        process.stdin.close()
        process.wait()
