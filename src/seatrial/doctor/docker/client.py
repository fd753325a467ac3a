"""Is there a docker command?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.doctor.finding import Finding, failure, ok

if TYPE_CHECKING:
    from collections.abc import Iterator

INSTALL = "install Docker Engine 25 or newer with the Compose and buildx plugins"


def judge(path: str | None, version: str, *, script: bool) -> Iterator[Finding]:
    """`path` of the command on PATH; `script` when it is none of Docker's own programs."""
    if path is None:
        yield failure("there is no `docker` command on PATH", why="everything else goes through it", fix=INSTALL)
        return
    notes = [f"{path} is a script: the engine is asked through it, which is slower than by its socket"]
    yield ok(f"{path}, {version or 'version unknown'}", notes=notes if script else ())
