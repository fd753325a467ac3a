"""May logs grow until the disk is full?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.doctor.compose_file import source as yaml_source
from seatrial.doctor.finding import Finding, ok, warning
from seatrial.doctor.fixing.remedy import Remedy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.doctor.compose_file.source import Source

# The only driver that keeps what is written for ever, unless it is told otherwise.
_ENDLESS = "json-file"
_LIMIT = "max-size"
_SETTINGS = "/etc/docker/daemon.json"


def limited_by_engine() -> bool:
    """Whether the engine of this machine has a limit of its own for all containers."""
    try:
        told = json.loads(Path(_SETTINGS).read_text(encoding="utf-8"))
        return bool((told.get("log-opts") or {}).get(_LIMIT))
    except (OSError, ValueError, AttributeError):
        return False


def judge(
    services: Mapping[str, Mapping[str, Any]], driver: str, sources: tuple[Source, ...], *, limited: bool
) -> Iterator[Finding]:
    """`driver` of the engine; `limited` when it has a limit for whoever says nothing."""
    endless = [
        name for name, model in services.items() if _endless(model.get("logging") or {}, driver, limited=limited)
    ]
    if not endless:
        yield ok("logs are bounded")
        return
    changes = []
    for name in endless:
        found = yaml_source.holder(sources, "services", name)
        if found is None or yaml_source.key(found[1], "logging"):
            continue
        there, node = found
        text = '{options: {max-size: 10m, max-file: "3"}}'
        if change := yaml_source.added(there, node, {"logging": text}):
            changes.append(change)
    yield warning(
        f"logs without a limit: {', '.join(endless)}",
        why="a service that talks much fills the disk within days, and then everything on it fails",
        fix='logging: {options: {max-size: 10m, max-file: "3"}} for each of them\n'
        f'or for all on this machine: {{"log-opts": {{"max-size": "10m", "max-file": "3"}}}} in {_SETTINGS}',
        services=tuple(endless),
        places=tuple(place for name in endless for place in yaml_source.place(sources, "services", name)),
        remedy=Remedy(tuple(changes), model=tuple(f"services.{name}.logging" for name in endless)) if changes else None,
    )


def _endless(logging: Mapping[str, Any], driver: str, *, limited: bool) -> bool:
    if (logging.get("driver") or driver) != _ENDLESS:
        return False
    return not (logging.get("options") or {}).get(_LIMIT) and not (limited and not logging.get("driver"))
