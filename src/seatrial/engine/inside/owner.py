"""Labels that name the process a helper container or network belongs to, and whether that process still runs."""

from __future__ import annotations

import os
import platform
from contextlib import suppress
from functools import cache
from pathlib import Path

from seatrial.engine.stamps import nanoseconds

LABEL = "seatrial.helper"
OWNER = "seatrial.owner"
# The owner runs on another machine, or an older release wrote no owner: a helper needs a few seconds to start.
_UNKNOWN_S = 3600.0


def options(value: str) -> tuple[str, ...]:
    """Options of `docker run` and `docker network create` for an object of this process."""
    return tuple(word for key, text in labels(value).items() for word in ("--label", f"{key}={text}"))


def labels(value: str) -> dict[str, str]:
    """Labels of an object of this process."""
    return {LABEL: value, OWNER: identity(os.getpid())}


def identity(pid: int) -> str:
    """MACHINE:PID:START of a process; its number alone may belong to another process, or to one on another machine."""
    return f"{_machine()}:{pid}:{_start(pid)}"


def is_left_behind(owner: str, created: str, now_s: float) -> bool:
    """Whether the owner has ended.

    Args:
        owner: the value of the label, "" where there is none.
        created: the engine's time stamp of the container or network; it decides where the owner is not known.
        now_s: the current time, in seconds since the epoch.
    """
    machine, _, process = owner.partition(":")
    pid, _, start = process.partition(":")
    if machine == _machine() and pid.isdigit():
        return not _runs(int(pid)) or _start(int(pid)) != start
    with suppress(ValueError):
        words = created.split()  # in lists `2026-12-01 01:55:54 +0000 UTC`
        return now_s - nanoseconds("T".join(words[:2]) + "".join(words[2:3])) / 1e9 > _UNKNOWN_S
    return False


@cache
def _machine() -> str:
    """This boot of this machine, and the PID namespace that process numbers belong to."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink().name.strip('pid:[]')}"
    except OSError:
        return platform.node().replace(":", "-")


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True


def _start(pid: int) -> str:
    """Its start in clock ticks since boot; "" without a /proc and for a process that has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
