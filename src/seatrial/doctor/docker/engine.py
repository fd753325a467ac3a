"""Does an engine answer, and is it recent enough?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.doctor.docker.info import Info, numbers
from seatrial.doctor.finding import Finding, failure, ok
from seatrial.engine import MINIMUM_ENGINE, apart, translate

if TYPE_CHECKING:
    from collections.abc import Iterator

_START = "start it (`scripts/engine ensure`, `systemctl start docker`), or correct DOCKER_HOST or the docker context"
_KINDS = {"name=rootless": "rootless", "name=userns": "users remapped"}
_RIGHTS = (
    "add yourself to the group that may use it: sudo usermod -aG docker $USER (then log in anew); or use a rootless"
    " engine"
)


def judge(info: Info) -> Iterator[Finding]:
    why = "without an engine nothing can be started or looked at"
    if not info.engine:
        if "permission denied" in info.trouble:
            yield failure("this user may not talk to the engine", why=why, fix=_RIGHTS)
            return
        known = translate.engine_trouble(info.trouble)
        said = known.what if known else info.trouble.splitlines()[0] if info.trouble else "no engine answers"
        yield failure(said, why=why, fix=known.fix if known else _START)
        return
    if numbers(info.engine) < MINIMUM_ENGINE:
        yield failure(
            f"Docker Engine {info.engine}, and {'.'.join(map(str, MINIMUM_ENGINE))} is needed",
            why="health checks know `start_interval` since 25.0; before, a container that has it is refused",
            fix="upgrade the engine",
        )
        return
    kinds = [word for name, word in _KINDS.items() if any(name in option for option in info.security)]
    yield ok(", ".join((f"Docker Engine {info.engine}", *kinds)), notes=_limits(info))


def _limits(info: Info) -> Iterator[str]:
    """What such an engine cannot give."""
    if kind := apart.kind(info.security, info.system):
        yield (
            f"{kind}: addresses of containers cannot be reached from here; `drill` asks through published ports, and"
            " does not judge what needs an answer of a service that publishes none"
        )
    if info.cgroups == "none":
        yield (
            "no cgroups: the engine keeps no limit of memory or processors, and `status` has no figures of their use"
            " (a rootless engine needs cgroup v2)"
        )
