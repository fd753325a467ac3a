"""Our child processes of the docker client that carry bytes: archives in, archives out."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager, suppress
from threading import Thread
from typing import IO, TYPE_CHECKING

from seatrial.engine.child import client_missing, end_group

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def fed(arguments: Sequence[str], given: Iterable[bytes], limit_s: float) -> subprocess.CompletedProcess[str] | None:
    """Run `docker ARGUMENTS` on these bytes; None when it has not ended in `limit_s` seconds, and is ended."""
    with _bytes(arguments, subprocess.PIPE) as child:
        assert child.stdin is not None  # noqa: S101
        feeding = Thread(target=_feed, args=(child.stdin, given), daemon=True)
        feeding.start()
        said = _Said(child)
        try:
            code = child.wait(limit_s)
        except subprocess.TimeoutExpired:
            return None
        out, err = said.all()
        feeding.join()
        return subprocess.CompletedProcess(list(arguments), code, out, err)


@contextmanager
def read(arguments: Sequence[str]) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Start `docker ARGUMENTS` and give its output, and what it complains of, which is little."""
    with _bytes(arguments, subprocess.DEVNULL) as child:
        assert child.stdout is not None  # noqa: S101
        assert child.stderr is not None  # noqa: S101
        yield child.stdout, child.stderr


class _Said:
    """Both pipes, each emptied by a thread: a full one would hold the client up."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._texts: dict[int, str] = {}
        pipes = [pipe for pipe in (child.stdout, child.stderr) if pipe is not None]
        self._threads = [Thread(target=self._empty, args=pair, daemon=True) for pair in enumerate(pipes)]
        for thread in self._threads:
            thread.start()

    def all(self) -> tuple[str, str]:
        for thread in self._threads:
            thread.join()
        return self._texts[0], self._texts[1]

    def _empty(self, number: int, pipe: IO[bytes]) -> None:
        self._texts[number] = pipe.read().decode(errors="replace")


def _feed(pipe: IO[bytes], given: Iterable[bytes]) -> None:
    # A client that has ended reads no more: its exit code tells.
    with suppress(OSError):
        for piece in given:
            pipe.write(piece)
    with suppress(OSError):
        pipe.close()


@contextmanager
def _bytes(arguments: Sequence[str], stdin: int) -> Iterator[subprocess.Popen[bytes]]:
    try:
        child = subprocess.Popen(
            ["docker", *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise client_missing() from None
    try:
        yield child
    finally:
        end_group(child)
        for pipe in (child.stdout, child.stderr):
            if pipe is not None:
                pipe.close()
