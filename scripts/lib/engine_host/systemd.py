"""The engine as a systemd service, where systemd is PID 1."""

from __future__ import annotations

import os
from collections.abc import Callable
from subprocess import CompletedProcess

from engine_host.diagnosis import likely_fix
from engine_host.dockerd import LAST_LINES, RUN_FOLDER, START_LIMIT_S, wait_until
from failure import NO_ENGINE, Failure
from paths import read_text, write_atomically
from process import last_lines, run
from talk import doing

UNIT = "docker.service"
MARK = f"{RUN_FOLDER}/systemd-invocation"
"""Holds the InvocationID of the service run that was started here: any later start by others has another."""
LIMIT_S = 120


def is_booted() -> bool:
    """Whether systemd is this machine's PID 1: sd_booted(3)."""
    return os.path.isdir("/run/systemd/system")


def has_unit() -> bool:
    """Whether there is a docker.service to start."""
    return _show("LoadState") == "loaded"


def start(answers: Callable[[], bool]) -> None:
    """Start the service and wait until the engine answers."""
    with doing(f"starting {UNIT}"):
        done = _systemctl("start", UNIT)
        up = done.returncode == 0 and wait_until(answers, START_LIMIT_S)
    if not up:
        reason = done.stderr.strip() or f"it has not answered for {START_LIMIT_S:g} s"
        words = _journal()
        raise Failure(
            f"systemd could not start the engine: {reason}{last_lines(words, LAST_LINES)}",
            likely_fix(words) or f"journalctl -u {UNIT} -b\nsystemctl status {UNIT}",
            NO_ENGINE,
        )
    mark()


def mark() -> None:
    """Remember that the service's present run began because of us."""
    write_atomically(MARK, _show("InvocationID").encode(), 0o644)


def started_here() -> bool:
    """Whether the service's present run is the one that `start` began."""
    mark = read_text(MARK)
    return bool(mark) and is_booted() and _show("ActiveState") == "active" and mark == _show("InvocationID")


def main_pid() -> int | None:
    """The pid of the service's dockerd, where it runs."""
    pid = _show("MainPID")
    return int(pid) if pid.isdigit() and pid != "0" else None


def stop() -> None:
    """Stop the service, and the socket that would start it again at the next request."""
    with doing(f"stopping {UNIT}"):
        done = _systemctl("stop", "docker.socket", UNIT)
    if done.returncode != 0:
        raise Failure(f"systemd could not stop the engine: {done.stderr.strip()}", f"systemctl status {UNIT}")
    os.unlink(MARK)


def _show(name: str) -> str:
    return _systemctl("show", "--property", name, "--value", UNIT).stdout.strip()


def _journal() -> str:
    """What the service said, the last time it was started."""
    journal = ["journalctl", f"_SYSTEMD_INVOCATION_ID={_show('InvocationID')}", "--no-pager", "-o", "cat"]
    return run(journal, limit_s=LIMIT_S).stdout


def _systemctl(*arguments: str) -> CompletedProcess[str]:
    return run(["systemctl", *arguments], limit_s=LIMIT_S)
