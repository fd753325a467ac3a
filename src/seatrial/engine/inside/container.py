"""The helper container: how it is run, what must be true of it, and that it is gone afterwards."""

from __future__ import annotations

import re
import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from seatrial.engine import translate
from seatrial.engine.child import answer
from seatrial.engine.inside import image as images
from seatrial.engine.inside import own_image
from seatrial.engine.inside.image import FIX, Unfit
from seatrial.engine.inside.owner import LABEL, OWNER, is_left_behind, options
from seatrial.engine.inside.processes import namespaces
from seatrial.engine.inside.shell import Shell
from seatrial.engine.inspect import PROJECT
from seatrial.errors import HelperUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

_START_S = 30.0
_END_S = 5.0
# Relative, as the shell stands in /proc: thousands of paths are asked for.
_MARK_PATH = "sys/kernel/hostname"
USER_NAMESPACES = "user namespaces are enabled"
_NO_SHELL = re.compile(r'exec: "sh"|exec \S*sh: no such file|exec format error')


class Started(NamedTuple):
    """A helper that runs.

    Attributes:
        shell: stands in /proc of the engine's host.
        namespace: the PID namespace of that host.
        mapped: whether the engine maps the users of containers to others of the host.
    """

    shell: Shell
    namespace: str
    mapped: bool


@contextmanager
def started(label_value: str, configured: str) -> Iterator[Started]:
    """The first way to a helper that works; ended on the way out."""
    remove_left_over(label_value)
    unfit: list[str] = []
    for way in images.ways(configured, images.present(configured), can_assemble=own_image.possible()):
        name = f"seatrial-helper-{uuid.uuid4().hex[:12]}"
        try:
            helper = _started(images.had(way), name, label_value)
        except Unfit as error:
            unfit.append(error.what)
            continue
        try:
            yield helper
        finally:
            _end(helper.shell, name)
        return
    raise HelperUnavailable(f"nothing can be seen inside of containers: {'; '.join(unfit)}", fix=FIX)


def remove_left_over(label_value: str) -> None:
    """Remove the helpers of runs that were killed: one that had not started yet stays behind, created."""
    if names := left_over(f"{LABEL}={label_value}"):
        answer(["rm", "--force", "--volumes", *names])


def left_over(label: str, *filters: str) -> tuple[str, ...]:
    """Return the names of the containers under a label whose owner has ended. Raises `EngineUnreachable`."""
    columns = f'{{{{.Names}}}}\t{{{{.Label "{OWNER}"}}}}\t{{{{.CreatedAt}}}}'
    listed = answer(["ps", "-a", "--format", columns, "--filter", f"label={label}", *filters])
    if listed.returncode:
        raise translate.failure(listed.stderr, doing="list the containers")
    rows = (line.split("\t") for line in listed.stdout.splitlines())
    return tuple(sorted(name for name, owner, created in rows if is_left_behind(owner, created, time.time())))


def _started(image: str, name: str, label_value: str) -> Started:
    try:
        return Started(*_verified(image, name, label_value), mapped=False)
    except HelperUnavailable as error:
        if isinstance(error, Unfit) or USER_NAMESPACES not in error.what:
            raise
    # The engine maps users to others, and gives the host's PID namespace only to who is not mapped.
    return Started(*_verified(image, name, label_value, "--userns=host"), mapped=True)


def _verified(image: str, name: str, label_value: str, *more: str) -> tuple[Shell, str]:
    mark = uuid.uuid4().hex
    shell = Shell(_arguments(image, name, label_value, mark, *more), mark, _MARK_PATH)
    try:
        told = _introduction(shell, image)
        pid = told.partition("\n")[0]
        namespace = namespaces(told).get(int(pid), "") if mark in told else ""
        _compare(name, pid)
    except BaseException:
        _end(shell, name)
        raise
    if not namespace:
        _end(shell, name)
        raise Unfit(f"the image {image} has a `sh`, but no `cat` and `ls` that work")
    return shell, namespace


def _introduction(shell: Shell, image: str) -> str:
    """Its number, the mark and its namespace: that they come shows that every program it needs is there."""
    try:
        return shell.ask(f"cd /proc; echo $$; cat {_MARK_PATH}; ls -ln $$/ns/pid", _START_S)
    except HelperUnavailable:
        shell.close(_END_S)
        raise refused(image, shell.last_words) from None


def _compare(name: str, pid: str) -> None:
    seen_by_engine = answer(["inspect", "--format", "{{.State.Pid}}", name]).stdout.strip()
    if seen_by_engine != pid:
        raise HelperUnavailable(
            "nothing can be seen inside of containers: a container with --pid=host has other process numbers than"
            f" the engine tells ({pid} is {seen_by_engine or 'unknown'} there)",
            fix="use an engine whose containers run on its own kernel, neither in virtual machines nor a sandbox",
        )


def isolated(*capabilities: str) -> list[str]:
    """Options of `docker run` for a container that sees the processes of the engine's host, and little else."""
    return [
        *("--cap-drop", "ALL", *(word for one in capabilities for word in ("--cap-add", one))),
        # The default profiles let a container reach only what has the very same profile or label.
        *("--security-opt", "apparmor=unconfined", "--security-opt", "label=disable"),
        *("--security-opt", "no-new-privileges"),
        *("--pid", "host", "--network", "none", "--user", "0:0", "--read-only"),
        # What is read here holds command lines: it must be in no log. And nobody else is to be PID 1 or to probe.
        *("--log-driver", "none", "--init=false", "--no-healthcheck"),
        # An image that Compose has built carries its project's name, and so would the helper.
        *("--label", f"{PROJECT}="),
    ]


def _arguments(image: str, name: str, label_value: str, mark: str, *more: str) -> list[str]:
    return [
        *("run", "-i", "--rm", "--name", name, "--hostname", mark, "--entrypoint", "sh"),
        *options(label_value),
        # Signals to any user's process; the open files of others; and the way to them, as their folders are 0500.
        *isolated("KILL", "SYS_PTRACE", "DAC_READ_SEARCH"),
        *more,
        image,
    ]


def refused(image: str, said: str) -> HelperUnavailable:
    if trouble := translate.engine_trouble(said):
        return HelperUnavailable(trouble.what, fix=trouble.fix)
    words = " ".join(line for line in said.splitlines() if line.strip() and "--help" not in line)
    reason = words.removeprefix("docker: ").removeprefix("Error response from daemon: ").strip() or "it did not answer"
    if _NO_SHELL.search(reason):
        return Unfit(f"the image {image} has no `sh` that runs here")
    return HelperUnavailable(
        f"nothing can be seen inside of containers: the engine refuses a helper: {reason}", fix=FIX
    )


def _end(shell: Shell, name: str) -> None:
    if not shell.close(_END_S):
        answer(["rm", "--force", "--volumes", name])
