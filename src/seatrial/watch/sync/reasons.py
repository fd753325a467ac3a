"""Why a path could not be sent, in words that tell what to do. Pure: the engine's or a program's words in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

READ_ONLY_ROOT = (
    "the container's root file system is read-only: set `read_only: false` in a development override,"
    " put a volume at the target, or use `action: rebuild`"
)
READ_ONLY_MOUNT = "drop the mount or the rule, mount it without `:ro`, or use `action: restart`"
_KNOWN = (
    (re.compile("rootfs is marked read-only"), READ_ONLY_ROOT),
    (
        re.compile("volume is marked read-only|[Rr]ead-only file system"),
        f"it lies in a mount that is read-only: {READ_ONLY_MOUNT}",
    ),
    (re.compile("[Nn]o space left on device"), "no space left where the container keeps it"),
    (re.compile("[Dd]isk quota exceeded"), "the quota is used up where the container keeps it"),
    (re.compile("[Nn]ot a directory|extraction point is not"), "a parent of it is no folder in the container"),
    (re.compile("[Bb]usy"), "something is mounted there in the container"),
    (re.compile("[Oo]peration not permitted"), "the container's file system does not permit it (immutable, or owned)"),
    (re.compile("[Pp]ermission denied"), "permission denied in the container"),
    (re.compile("[Ff]ile name too long"), "its name is too long for the container's file system"),
    (re.compile("is paused"), "the container is paused: it is done when it runs again"),
    (re.compile("is not running|does not run|is restarting"), "the container does not run: it is done when it does"),
)
# Of the engine, and of programs inside.
_CONFLICT = re.compile("cannot overwrite|[Ii]s a directory|File exists|Not a directory")
_IDLE = re.compile("is paused|is not running|does not run|is restarting")
# No smaller archive would fare better.
_ALL = re.compile("is marked read-only|Could not find the file|extraction point|must be a directory")


def readable(words: Iterable[str]) -> str:
    """The reason, with the words themselves behind it."""
    said = "; ".join(word.strip() for word in words if word.strip()) or "the engine gave no reason"
    for pattern, meaning in _KNOWN:
        if pattern.search(said):
            return meaning if meaning == READ_ONLY_ROOT else f"{meaning} ({said})"
    return said


def concerns_all(words: Iterable[str]) -> bool:
    """Whether the engine refused the archive itself, not something in it."""
    return any(_ALL.search(word) for word in words)


def is_conflict(words: Iterable[str]) -> bool:
    """Whether something of another kind is where a path goes."""
    return any(_CONFLICT.search(word) for word in words)


def is_idle(words: str) -> bool:
    """Whether the container is in a state in which no command can be run in it."""
    return bool(_IDLE.search(words))


def into(target: str) -> str:
    """The fix where a file would go onto a folder."""
    return f"end the target with a slash, which puts the file into the folder: `target: {target.rstrip('/')}/`"
