"""An unexpected error: three lines for the reader, and a file with the details for the bug report."""

from __future__ import annotations

import errno
import os
import platform
import shlex
import sys
import traceback
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from seatrial import places
from seatrial.errors import Defect, RunFailed, SeatrialError
from seatrial.report import terminal
from seatrial.report.bundle import scrub

DEBUG = "SEATRIAL_DEBUG"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
_LONGEST = 200


def explained(error: Exception) -> SeatrialError:
    """The error for the reader. The details are in a file of the state folder that only the user can read."""
    if isinstance(error, OSError) and error.errno in _FULL:
        where = error.filename if isinstance(error.filename, str) else "the output"
        return RunFailed(f"cannot write {where}: {error.strerror}", fix="make room there, or write to another place")
    first = next(iter(_clean(str(error)).splitlines()), "")[:_LONGEST]
    what = f"unexpected error: {type(error).__name__}{f': {first}' if first else ''}"
    try:
        file = _written(_details(error))
    except (OSError, RuntimeError) as trouble:  # RuntimeError: there is no home directory
        reason = getattr(trouble, "strerror", None) or trouble
        return Defect(
            what, detail=[f"details: not written ({reason})"], fix=f"set {DEBUG}=1, and report the traceback as a bug"
        )
    fix = f"report it as a bug of seatrial, with that file; {DEBUG}=1 shows the traceback here"
    return Defect(what, detail=[f"details: {file}"], fix=fix)


def _details(error: Exception) -> str:
    try:
        own = version("seatrial")
    except PackageNotFoundError:
        own = "unknown"
    arguments = shlex.join(str(word) for word in scrub.scrubbed([Path(sys.argv[0]).name, *sys.argv[1:]]))
    lines = [
        f"seatrial {own}, Python {platform.python_version()}, {platform.platform()}",
        f"command: {arguments}",
        f"time: {datetime.now(UTC).isoformat(timespec='seconds')}",
        "",
        "".join(traceback.format_exception(error)),
    ]
    return _clean("\n".join(lines))


def _clean(text: str) -> str:
    try:
        text = terminal.redacted(text)
    except Exception:  # noqa: BLE001  what finds out the secrets may be the defect
        return "[left out: the secrets of the project could not be determined]"
    return scrub.text(text)


def _written(text: str) -> Path:
    folder = places.state() / "errors"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as opened:  # noqa: PTH123
        opened.write(text.encode("utf-8", "replace"))
    return file
