"""Is Compose there and recent enough, and which of its known faults does this project meet?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.doctor.docker.faults import met
from seatrial.doctor.docker.info import MUTE, Info, numbers
from seatrial.doctor.finding import Finding, failure, ok, skipped, warning

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from typing import Any

MINIMUM = (2, 24)


def judge(info: Info, does: Collection[str]) -> Iterator[Finding]:
    """`does`: what the project does, as `uses` tells."""
    version = info.plugins.get("compose")
    why = "Compose resolves the model and makes the containers"
    if not info.client:
        yield skipped(MUTE)
        return
    if version is None:
        yield failure("the docker client has no `compose` plugin", why=why, fix="install docker-compose 2.24 or newer")
        return
    own = numbers(version)
    if own and own < MINIMUM:
        yield failure(f"Compose {version}, and 2.24 is needed", why=why, fix="upgrade docker-compose to 2.24 or newer")
        return
    faults = tuple(met(own, does)) if own else ()
    notes = tuple(f"known: {fault.text}" for fault in faults if not fault.ours)
    ours = [fault for fault in faults if fault.ours]
    if not ours:
        yield ok(f"Compose {version}", notes=notes)
        return
    better = ".".join(map(str, max(fault.until for fault in ours)))
    ways = [fault.fix for fault in ours if fault.fix]
    yield warning(
        f"Compose {version}: {'; '.join(fault.text for fault in ours)}",
        why="this project does what these faults are about",
        fix="\nor ".join([f"upgrade docker-compose to {better} or newer", *ways]),
        notes=notes,
    )


def uses(services: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """What a resolved model does that a fault may be about."""
    found = {
        "ports": any(model.get("ports") for model in services.values()),
        "builds": any(model.get("build") for model in services.values()),
        "watch": any((model.get("develop") or {}).get("watch") for model in services.values()),
        # Compose takes `env_file` out of the resolved model of some versions: then it is as if there were one only.
        "env_files": any(len(model.get("env_file") or ()) > 1 for model in services.values()),
    }
    return frozenset(name for name, so in found.items() if so)
