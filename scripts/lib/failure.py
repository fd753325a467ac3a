"""The one way these scripts fail: what happened, what to do about it, and the exit code."""

from __future__ import annotations

DONE, FAILED, USAGE, UNJUDGED, NO_ENGINE, INTERRUPTED = 0, 1, 2, 3, 4, 130


class Failure(Exception):
    """Ends a script. `what` happened, `fix` is what to do about it (one line or several), `code` the exit code."""

    def __init__(self, what: str, fix: str, code: int = FAILED) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix
        self.code = code

    def __str__(self) -> str:
        first, *more = self.fix.splitlines() or [""]
        return "\n".join([f"error: {self.what}", f"  fix: {first}", *(f"       {line}" for line in more)])
