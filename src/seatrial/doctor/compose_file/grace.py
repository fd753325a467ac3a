"""Have services that keep data the time to stop?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatrial.doctor.finding import Finding, ok, warning
from seatrial.engine import compose_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.engine.compose_text import Source

_KEEPS = ("volume", "bind")


def judge(services: Mapping[str, Mapping[str, Any]], sources: tuple[Source, ...]) -> Iterator[Finding]:
    """Those that write into a volume or a folder of the host, and leave the time to the engine."""
    short = [name for name, model in services.items() if not model.get("stop_grace_period") and _keeps(model)]
    if not short:
        yield ok("services that keep data say how long they need to stop")
        return
    yield warning(
        f"no stop_grace_period: {', '.join(short)}",
        why="they keep data, and are killed 10 s after the stop signal, whatever they are in the middle of writing",
        fix="stop_grace_period: 30s (`drill.stop` measures what each needs)",
        services=tuple(short),
        places=tuple(place for name in short for place in compose_text.place(sources, "services", name)),
    )


def _keeps(model: Mapping[str, Any]) -> bool:
    mounts = model.get("volumes") or ()
    return any(
        mount.get("type") == "volume" and mount.get("source") and not mount.get("read_only")
        for mount in mounts
        if mount.get("type") in _KEEPS
    )
