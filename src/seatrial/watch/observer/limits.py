"""The kernel's limits on watching, in words."""

from __future__ import annotations

import os
from pathlib import Path

from seatrial.errors import WatchLimitReached

_LIMITS = Path("/proc/sys/fs/inotify")


def no_watch(watched: int, missing: int) -> WatchLimitReached:
    """What to say when folders cannot be watched; the limit is one for all programs of this user."""
    limit = _limit("max_user_watches")
    needed = 1 << (limit + missing - 1).bit_length()
    return WatchLimitReached(
        f"{missing} of {watched + missing} folders cannot be watched, only polled: "
        f"all {limit} inotify watches of this user are taken, {limit + missing} are needed",
        fix=_set("max_user_watches", needed),
    )


def no_instance(error: OSError) -> WatchLimitReached:
    """What to say when not even one instance can be had."""
    limit = _limit("max_user_instances")
    return WatchLimitReached(
        f"file events cannot be had: {os.strerror(error.errno or 0)}; "
        f"{limit} inotify instances are the limit for this user",
        fix=_set("max_user_instances", 1 << (limit + 1).bit_length()),
    )


def _limit(name: str) -> int:
    return int((_LIMITS / name).read_text(encoding="ascii"))


def _set(name: str, value: int) -> str:
    return (
        f"sudo sysctl fs.inotify.{name}={value}\n"
        f"(to keep it: echo fs.inotify.{name}={value} | sudo tee /etc/sysctl.d/60-inotify.conf)"
    )
