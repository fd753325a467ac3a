"""Extracts an archive by the container's own tar, where the engine's archives do not reach: in a tmpfs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.engine import Engine
    from seatrial.watch.sync.destination import Destination

_MISSING = re.compile("executable file not found|no such file or directory: unknown|not found")


def extract(
    engine: Engine, where: Destination, base: str, archive: Iterable[bytes], limit_s: float
) -> tuple[str, ...] | None:
    """None when it is done, else why not. Raises `RunFailed` where the container does not run."""
    command = ["tar", "-x", "-f", "-", "-C", base]
    ran = engine.run(where.container_id, command, limit_s, user="0", given=archive)
    if ran is None:
        return (f"its tar has not ended in {limit_s:.0f} s",)
    if ran.exit_code == 0:
        return None
    if lacks_program(ran.exit_code, ran.output):
        return no_tar(base)
    return tuple(ran.output.splitlines()[-2:]) or (f"its tar ended with {ran.exit_code}",)


def no_tar(base: str) -> tuple[str, ...]:
    """The words where there is no such program."""
    what = f"{base} is a tmpfs, which only a program inside can write to, and the container has no `tar`"
    return (f"{what}: put a volume there in a development override, or use `action: rebuild`",)


def lacks_program(exit_code: int, output: str) -> bool:
    """Whether a command could not be run as there is none of that name."""
    return exit_code in (126, 127) and bool(_MISSING.search(output))
