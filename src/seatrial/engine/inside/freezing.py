"""What the helper's shell does when it ends: whoever was frozen then goes on. Pure text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.engine.inside import Process

# Only the process that is meant: field 22 of its stat is when it started, and a name may hold spaces and brackets.
_RESUME = (
    'resume() { read -r stat <$1/stat || return; set -- $1 $2 ${stat##*) }; [ "${22}" = "$2" ] && kill -CONT $1; }'
)


def at_exit(frozen: Iterable[Process]) -> str:
    """A line of shell, in /proc, after which the end of the shell resumes these; none takes it back."""
    calls = [f"resume {process.pid} {process.start_ticks}" for process in frozen]
    return f"{_RESUME}; trap '{'; '.join(calls)}' EXIT" if calls else "trap - EXIT"
