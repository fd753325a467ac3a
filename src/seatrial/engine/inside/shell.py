"""A shell in the helper container that stays: a question is a line on its input, so it costs no `docker exec`.

It ends when its input does, and the container goes with it: also when we are killed, as nobody else holds that pipe.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import threading
import time
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

from seatrial.engine.child import client_missing, end_group
from seatrial.errors import HelperUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

_ANSWER_S = 5.0
_PIECE = 1 << 16


class Shell:
    """`docker run -i ...` whose command is a shell. One question at a time; threads wait for each other.

    Args:
        arguments: of the docker client.
        mark: a line that stands between the files of an answer, as the content of the file `mark_path` in the helper.
    """

    def __init__(self, arguments: Sequence[str], mark: str, mark_path: str) -> None:
        """Start the client; the first question finds out what became of it."""
        try:
            # A session of its own: ^C at our terminal must not end it before we do.
            self._client = subprocess.Popen(
                ["docker", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except FileNotFoundError:
            raise client_missing() from None
        assert self._client.stdin is not None  # noqa: S101
        assert self._client.stdout is not None  # noqa: S101
        assert self._client.stderr is not None  # noqa: S101
        self._input, self._output, self._errors = self._client.stdin, self._client.stdout, self._client.stderr
        os.set_blocking(self._input.fileno(), False)
        os.set_blocking(self._output.fileno(), False)
        self._mark, self._mark_path = f"{mark}\n", mark_path
        # Random, so that no process can write it into what we read.
        self._end = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._broken = ""
        self.last_words = ""  # what the client complained of, known when it is closed

    def ask(self, command: str, limit_s: float = _ANSWER_S) -> str:
        """What a line of shell writes to its output; what it complains of is dropped.

        Raises:
            HelperUnavailable: no answer within `limit_s` seconds, or the helper has gone.
        """
        with self._lock:
            if self._broken:
                raise gone(self._broken)
            deadline = time.monotonic() + limit_s
            end = f"{self._end}\n".encode()
            try:
                self._send(f"{{ {command}; }} </dev/null 2>/dev/null; echo {self._end}\n".encode(), deadline)
                heard = self._heard(end, deadline)
            except (TimeoutError, OSError) as error:
                # A late answer would be taken for that of the next question.
                self._broken = str(error) if isinstance(error, TimeoutError) else "it has ended"
                raise gone(self._broken) from None
            return heard[: -len(end)].decode("utf-8", "replace")

    def read(self, paths: Sequence[str]) -> tuple[str, ...]:
        """The files' content, "" for one that cannot be read; one `cat` for all."""
        if not paths:
            return ()
        words = " ".join(f"{path} {self._mark_path}" for path in paths)
        return tuple(self.ask(f"cat {words}").split(self._mark)[:-1])

    def close(self, limit_s: float) -> bool:
        """End the shell and the client; whether the container is known to be gone."""
        if self._errors.closed:
            return True
        try:
            with suppress(OSError):
                self._input.close()
            self._client.wait(limit_s)
        except subprocess.TimeoutExpired:
            return False
        finally:
            end_group(self._client)
            self._output.close()
            with self._errors as pipe:
                self.last_words = pipe.read()
        return True

    def _send(self, line: bytes, deadline: float) -> None:
        while line:
            self._ready(self._input.fileno(), selectors.EVENT_WRITE, deadline)
            line = line[os.write(self._input.fileno(), line) :]

    def _heard(self, end: bytes, deadline: float) -> bytes:
        heard = bytearray()
        while not heard.endswith(end):
            self._ready(self._output.fileno(), selectors.EVENT_READ, deadline)
            piece = os.read(self._output.fileno(), _PIECE)
            if not piece:
                raise BrokenPipeError
            heard += piece
        return bytes(heard)

    @staticmethod
    def _ready(descriptor: int, event: int, deadline: float) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, event)
            if not selector.select(max(deadline - time.monotonic(), 0)):
                raise TimeoutError("it gave no answer in time")


def gone(reason: str) -> HelperUnavailable:
    return HelperUnavailable(
        f"the helper container that looks inside of containers is gone: {reason}",
        fix="run it again; when it happens again, see what the engine's log says",
    )
