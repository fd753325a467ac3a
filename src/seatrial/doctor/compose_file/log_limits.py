"""May logs grow until the disk is full?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.doctor.compose_file import insertion
from seatrial.doctor.docker.info import SETTINGS
from seatrial.doctor.finding import Finding, ok, warning
from seatrial.doctor.fixing.remedy import Change, Remedy
from seatrial.engine import compose_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.engine.compose_text import Source

# The only driver that keeps what is written for ever, unless it is told otherwise.
_ENDLESS = "json-file"
_LIMIT = "max-size"
_OPTIONS = '{max-size: 10m, max-file: "3"}'


def limited_by_engine(settings: str) -> bool:
    """Whether the engine of this machine has a limit of its own for all containers, by its file of settings."""
    try:
        told = json.loads(Path(settings).expanduser().read_text(encoding="utf-8"))
        return bool((told.get("log-opts") or {}).get(_LIMIT))
    except (OSError, ValueError, AttributeError, RuntimeError):
        return False


def judge(
    services: Mapping[str, Mapping[str, Any]],
    driver: str,
    sources: tuple[Source, ...],
    *,
    limited: bool,
    settings: str = SETTINGS,
) -> Iterator[Finding]:
    """`driver` of the engine; `limited` when it has a limit for whoever says nothing, to be set in its `settings`."""
    endless = [
        name for name, model in services.items() if _endless(model.get("logging") or {}, driver, limited=limited)
    ]
    if not endless:
        yield ok("logs are bounded")
        return
    changes = {name: change for name in endless if (change := _change(sources, name))}
    by_hand = [name for name in endless if name not in changes]
    yield warning(
        f"logs without a limit: {', '.join(endless)}",
        why="a service that talks much fills the disk within days, and then everything on it fails",
        fix='logging: {options: {max-size: 10m, max-file: "3"}} for each of them\n'
        + (f"by hand for {', '.join(by_hand)}\n" if by_hand and changes else "")
        + f'or for all on this machine: {{"log-opts": {{"max-size": "10m", "max-file": "3"}}}} in {settings}',
        services=tuple(endless),
        places=tuple(place for name in endless for place in compose_text.place(sources, "services", name)),
        remedy=Remedy(tuple(changes.values()), model=tuple(f"services.{name}.logging" for name in changes))
        if changes
        else None,
    )


def _change(sources: tuple[Source, ...], name: str) -> Change | None:
    """Into the service's `logging`, if it has one without options; else into the service."""
    found = compose_text.holder(sources, "services", name, "logging")
    if found:
        there, node = found
        return None if compose_text.key(node, "options") else insertion.added(there, node, {"options": _OPTIONS})
    found = compose_text.holder(sources, "services", name)
    if found is None or compose_text.key(found[1], "logging"):
        return None
    return insertion.added(*found, {"logging": f"{{options: {_OPTIONS}}}"})


def _endless(logging: Mapping[str, Any], driver: str, *, limited: bool) -> bool:
    if (logging.get("driver") or driver) != _ENDLESS:
        return False
    return not (logging.get("options") or {}).get(_LIMIT) and not (limited and not logging.get("driver"))
