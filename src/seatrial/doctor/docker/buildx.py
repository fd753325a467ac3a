"""Is buildx there, and does this Compose build with it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.doctor.docker.info import MUTE, Info, numbers
from seatrial.doctor.finding import Finding, failure, ok, skipped, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

# Measured: Compose 2.40.3 refuses to build with an older one.
_PICKY_COMPOSE, _WANTED = (2, 40), (0, 17)


def judge(info: Info, *, builds: bool) -> Iterator[Finding]:
    """`builds`: whether a service of the project is built here."""
    version = info.plugins.get("buildx")
    bad = failure if builds else warning
    if not info.client:
        yield skipped(MUTE)
        return
    if version is None:
        yield bad(
            "the docker client has no `buildx` plugin",
            why="Compose builds images with it" + ("" if builds else ", when a service has a `build`"),
            fix="install docker-buildx 0.17 or newer",
        )
        return
    own, compose = numbers(version), numbers(info.plugins.get("compose") or "")
    if own and own < _WANTED and compose >= _PICKY_COMPOSE:
        yield bad(
            f"buildx {version}, and Compose {info.plugins['compose']} builds with 0.17 or newer only",
            why="`up` and `build` end with an error before anything is built",
            fix="upgrade docker-buildx to 0.17 or newer",
        )
        return
    yield ok(f"buildx {version}")
