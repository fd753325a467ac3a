"""Our own child processes of the docker client: argument lists, a process group each, a limit, gone on the way out.

python-on-whales has neither a limit nor a handle on the children of its streams; what needs one comes through here.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections import deque
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import IO, TYPE_CHECKING, NamedTuple

from seatrial.errors import ClientMissing, EngineUnreachable

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

CLIENT_LIMIT_S = 30.0
_LAST_WORDS_S = 2.0
_KEPT = 200


class Client(NamedTuple):
    """The program that is asked: docker, or one that docker would only hand the question on to."""

    path: str = "docker"
    environ: Mapping[str, str] | None = None


DOCKER = Client()
_running: ContextVar[list[subprocess.Popen[str]] | None] = ContextVar("running", default=None)


def client_missing() -> ClientMissing:
    return ClientMissing(
        "no `docker` command on PATH",
        fix="install Docker Engine 25 or newer with the Compose and buildx plugins",
    )


def answer(
    arguments: Sequence[str],
    *,
    stdin: str | None = None,
    limit_s: float = CLIENT_LIMIT_S,
    client: Client = DOCKER,
) -> subprocess.CompletedProcess[str]:
    """Run `docker ARGUMENTS` to its end; never raises for an exit code.

    Raises:
        OSError: another client than docker cannot be started.
        ClientMissing: there is no docker command.
        EngineUnreachable: no answer within `limit_s` seconds.
    """
    with _client(
        arguments,
        client=client,
        stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as child:
        try:
            out, err = child.communicate(stdin, timeout=limit_s)
        except subprocess.TimeoutExpired:
            raise EngineUnreachable(
                f"`docker {' '.join(arguments[:2])}` gave no answer in {limit_s:.0f} s",
                fix="look at the engine's log and restart it (scripts/engine status says where it is)",
            ) from None
    return subprocess.CompletedProcess(list(arguments), child.returncode, out, err)


@contextmanager
def stream(arguments: Sequence[str]) -> Iterator[IO[str]]:
    """Start `docker ARGUMENTS` and give its output, both pipes as one so that their order is kept."""
    with _client(arguments, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT) as child:
        assert child.stdout is not None  # noqa: S101
        yield child.stdout


def told(
    arguments: Sequence[str], *, client: Client = DOCKER, stdin: str | None = None
) -> Generator[str, None, tuple[int, str]]:
    """Run `docker ARGUMENTS` and give its lines as they come; in the end its exit code and the last of what it said."""
    last: deque[str] = deque(maxlen=_KEPT)
    given = subprocess.DEVNULL if stdin is None else subprocess.PIPE
    with _client(arguments, client=client, stdin=given, stderr=subprocess.STDOUT) as child:
        assert child.stdout is not None  # noqa: S101
        if stdin is not None and child.stdin is not None:
            with suppress(BrokenPipeError):  # it has ended, and says why
                child.stdin.write(stdin)
                child.stdin.close()
        for line in child.stdout:
            last.append(line)
            yield line.rstrip()
        return child.wait(), "".join(last)


@contextmanager
def remembered() -> Iterator[list[subprocess.Popen[str]]]:
    """The children that are started inside, in threads with this context too, so that somebody else can end them."""
    children: list[subprocess.Popen[str]] = []
    token = _running.set(children)
    try:
        yield children
    finally:
        _running.reset(token)


@contextmanager
def _client(
    arguments: Sequence[str], *, stdin: int, stderr: int, client: Client = DOCKER
) -> Iterator[subprocess.Popen[str]]:
    try:
        child = subprocess.Popen(
            [client.path, *arguments],
            env=None if client.environ is None else dict(client.environ),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    except FileNotFoundError:
        if client is not DOCKER:
            raise
        raise client_missing() from None
    running = _running.get()
    if running is not None:
        running.append(child)
    try:
        yield child
    finally:
        end_group(child)
        if running is not None:
            running.remove(child)
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe is not None:
                pipe.close()


def end_group(child: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """End the child and the plugin that it may have started; the group outlives its leader."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, sign)
        except ProcessLookupError:
            break
        try:
            child.wait(_LAST_WORDS_S)
        except subprocess.TimeoutExpired:
            continue
        if sign == signal.SIGTERM and not _group_lives(child.pid):
            break
    child.wait()


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
