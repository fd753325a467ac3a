"""A `seatrial watch` that runs, as its user sees it: what it tells, and what its containers hold."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import answers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Self

    from conftest import ComposeProject

# A machine that runs many tests takes its time; whoever waits for something waits for its sign, and no longer.
PATIENCE_S = 40.0


class Watching:
    """`seatrial watch --json ARGUMENTS` in a project's folder; each thing that happens is one event."""

    def __init__(self, project: ComposeProject, *arguments: str) -> None:
        self._project = project
        self._events: list[dict[str, Any]] = []
        self._seen = 0
        self._talk = project.folder.parent / "watch.err"
        self._more = threading.Condition()
        self._command = [sys.executable, "-m", "seatrial", "watch", "--json", *arguments]

    def __enter__(self) -> Self:
        with self._talk.open("w") as talk:
            self.process = subprocess.Popen(
                self._command,
                cwd=self._project.folder,
                env=self._project.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=talk,
                text=True,
                start_new_session=True,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.until("watching")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join()
        if self.process.stdout:
            self.process.stdout.close()

    def until(self, event: str, wanted: Callable[[dict[str, Any]], bool] = lambda _: True) -> dict[str, Any]:
        """The next event of that kind that is as wanted; those before it are passed over."""
        deadline = time.monotonic() + PATIENCE_S
        with self._more:
            while True:
                while self._seen < len(self._events):
                    one = self._events[self._seen]
                    self._seen += 1
                    answers.hold(["watch", "--json"], json.dumps(one))
                    if one["event"] == event and wanted(one):
                        return one
                if not self._more.wait(deadline - time.monotonic()) and time.monotonic() >= deadline:
                    raise TimeoutError(f"no `{event}` among {self._events}\n{self._talk.read_text()}")

    def told(self, event: str) -> list[dict[str, Any]]:
        """All events of that kind up to now."""
        with self._more:
            return [one for one in self._events if one["event"] == event]

    def interrupt(self) -> int:
        """^C, and the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(PATIENCE_S)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            with self._more:
                self._events.append(event)
                self._more.notify_all()


def inside(project: ComposeProject, path: str, service: str = "web", number: int = 1) -> Path:
    """A path as a running container sees it. Looked at from the host, as root: an exec takes a tenth of a second."""
    from pathlib import Path

    pid = project.docker("inspect", "-f", "{{.State.Pid}}", project.container(service, number))
    return Path(f"/proc/{pid}/root{path}")


def eventually(found: Callable[[], object]) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + PATIENCE_S
    while not _holds(found):
        assert time.monotonic() < deadline, "it has not come true"
        time.sleep(0.02)


def _holds(found: Callable[[], object]) -> bool:
    try:
        return bool(found())
    except (OSError, subprocess.CalledProcessError):
        return False
