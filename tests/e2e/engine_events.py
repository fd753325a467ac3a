"""Events of the engine, heard as they happen: it remembers 256 of them, a few seconds' worth where much goes on."""

from __future__ import annotations

import subprocess
import threading
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT_S = 60


@contextmanager
def listening(*filters: str, form: str = "{{json .}}") -> Iterator[IO[str]]:
    """Events from now on, a line for each in Docker's format `form`; the lines end when nothing comes in a minute."""
    asked = subprocess.run(
        ["docker", "info", "--format", "{{.SystemTime}}"], capture_output=True, text=True, check=True
    )
    words = [word for text in filters for word in ("--filter", text)]
    command = ["docker", "events", "--since", asked.stdout.strip(), "--format", form, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as stream:
        assert stream.stdout is not None
        with ended_in_time(stream):
            yield stream.stdout


@contextmanager
def ended_in_time(child: subprocess.Popen[str]) -> Iterator[None]:
    """Whoever reads from the child reads its end when what is waited for does not come."""
    timer = threading.Timer(LIMIT_S, child.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        child.kill()
