"""Asks git whether a file is committed and whether it would be."""

import subprocess
from enum import Enum
from pathlib import Path

_TIMEOUT_S = 10.0
_CLEAN = ("env", "-u", "GIT_DIR", "-u", "GIT_WORK_TREE", "-u", "GIT_INDEX_FILE")  # inside a hook git sets them


class Tracking(Enum):
    """What git does with a file."""

    TRACKED = "tracked"
    NOT_IGNORED = "not ignored"
    IGNORED = "ignored"
    UNKNOWN = "unknown"


def tracking(path: Path) -> Tracking:
    """What git does with the file at `path`, which need not exist; UNKNOWN without git or outside of a repository."""
    if _answer(path, "ls-files", "--error-unmatch", "--", f":(literal){path.name}") == 0:
        return Tracking.TRACKED
    return {0: Tracking.IGNORED, 1: Tracking.NOT_IGNORED}.get(
        _answer(path, "check-ignore", "--quiet", "--", path.name), Tracking.UNKNOWN
    )


def _answer(path: Path, *arguments: str) -> int:
    """The exit code of git in the folder of the file; 128 (git's own for a failure) when it cannot be run."""
    try:
        done = subprocess.run(
            (*_CLEAN, "git", "-C", str(path.parent), *arguments),
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return 128
    return done.returncode
