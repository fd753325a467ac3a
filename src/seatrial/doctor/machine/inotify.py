"""Does the kernel let us watch as many folders as there are?"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.doctor.finding import Finding, failure, ok, skipped, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

_NARROW = 0.8
_FEW_EVENTS = 16384
_SETTING = "/etc/sysctl.d/60-inotify.conf"


@dataclass(frozen=True, slots=True)
class Budget:
    """The kernel's limits for a user, and what this user's programs have taken of them."""

    watches: int
    instances: int
    events: int
    watches_used: int = 0
    instances_used: int = 0


def looked() -> Budget | None:
    """None where there is no inotify."""
    folder = Path("/proc/sys/fs/inotify")
    try:
        limits = [
            int((folder / f"max_{name}").read_text()) for name in ("user_watches", "user_instances", "queued_events")
        ]
    except (OSError, ValueError):
        return None
    watches, instances, events = limits
    return Budget(watches, instances, events, *_used())


def _used() -> tuple[int, int]:
    """Watches and instances of this user's programs."""
    watches = instances = 0
    for process in os.listdir("/proc"):  # noqa: PTH208  thousands of them, by plain names
        with suppress(OSError):
            if not process.isdigit() or os.stat(f"/proc/{process}").st_uid != os.geteuid():  # noqa: PTH116
                continue
            for descriptor in os.listdir(f"/proc/{process}/fd"):  # noqa: PTH208
                if os.readlink(f"/proc/{process}/fd/{descriptor}") == "anon_inode:inotify":  # noqa: PTH115
                    instances += 1
                    told = Path(f"/proc/{process}/fdinfo/{descriptor}").read_text()
                    watches += told.count("\ninotify ")
    return watches, instances


def judge(budget: Budget | None, needed: int) -> Iterator[Finding]:
    """`needed`: folders that watching the project needs."""
    if budget is None:
        yield skipped("this system has no inotify")
        return
    wanted = budget.watches_used + needed
    why = "when the kernel refuses a watch, saved files below that folder are not noticed"
    if wanted > budget.watches:
        yield failure(
            f"watching needs {needed} folders, others watch {budget.watches_used}, and {budget.watches} are allowed",
            why=why,
            fix=f"ignore what need not be watched (.dockerignore, `ignore` of the rule), or allow more:"
            f" {_raise('max_user_watches', _next(wanted * 2))}",
        )
    elif wanted > budget.watches * _NARROW:
        yield warning(
            f"watching needs {needed} folders, others watch {budget.watches_used}, and {budget.watches} are allowed",
            why=why,
            fix=f"allow more: {_raise('max_user_watches', _next(wanted * 2))}",
        )
    elif budget.instances_used + 1 > budget.instances * _NARROW:
        yield warning(
            f"{budget.instances_used} of {budget.instances} inotify instances of this user are in use",
            why="the next program that wants to watch files cannot",
            fix=f"allow more: {_raise('max_user_instances', max(1024, budget.instances * 2))}",
        )
    elif budget.events < _FEW_EVENTS:
        yield warning(
            f"the kernel keeps {budget.events} events of changed files only",
            why="a branch switch makes more at once: those that do not fit are lost, and all is looked at anew",
            fix=_raise("max_queued_events", _FEW_EVENTS),
        )
    else:
        yield ok(f"{needed} folders to watch, {budget.watches - budget.watches_used} of {budget.watches} watches left")


def _raise(name: str, value: int) -> str:
    return f"echo fs.inotify.{name}={value} | sudo tee -a {_SETTING} && sudo sysctl --system"


def _next(value: int) -> int:
    """The next power of two."""
    return 1 << max(value - 1, 1).bit_length()
