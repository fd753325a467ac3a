"""Where, when and with what a verb runs, for reports that are read elsewhere."""

from __future__ import annotations

import os
import platform
import shlex
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePath
from typing import TYPE_CHECKING

from seatrial.drill.provenance import Provenance
from seatrial.errors import SeatrialError

if TYPE_CHECKING:
    from datetime import datetime

    from seatrial.verbs._run import Run


def provenance(run: Run, began: datetime, *, seconds: float = 0.0, busy: float | None = None) -> Provenance:
    """What can be told; an engine or a Compose that does not answer is left out."""
    return Provenance(
        command(), began.astimezone().isoformat(timespec="seconds"), seconds, versions(run), machine(), busy
    )


def command() -> str:
    """As it was typed, without the folder that the program lies in."""
    program, *arguments = sys.argv
    name = PurePath(program).parent.name if program.endswith("__main__.py") else PurePath(program).name
    return shlex.join([name, *arguments])


def versions(run: Run) -> dict[str, str]:
    """By what, in the order in which somebody would ask for them."""
    found = {"python": platform.python_version()}
    with suppress(PackageNotFoundError):
        found = {"seatrial": version("seatrial"), **found}
    with suppress(SeatrialError):
        found["engine"] = run.engine.about()
    with suppress(SeatrialError, OSError):
        from seatrial.engine.ask import ask

        done = ask(["compose", "version", "--short"])
        if done.returncode == 0:
            found["compose"] = done.stdout.strip()
    return found


def machine() -> str:
    """`Linux 6.18 x86_64, 2 processors, 8 GB`."""
    with suppress(ValueError, OSError):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
        return f"{_system()}, {_processors()} processors, {memory:.0f} GB"
    return f"{_system()}, {_processors()} processors"


def busy() -> float | None:
    """Runnable processes for each processor in the last minute."""
    with suppress(OSError, AttributeError):
        return round(os.getloadavg()[0] / _processors(), 2)
    return None


def _system() -> str:
    return f"{platform.system()} {platform.release()} {platform.machine()}"


def _processors() -> int:
    return os.cpu_count() or 1
