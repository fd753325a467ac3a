"""Makes a container come back at another address, as it may after every start of others: its old one is taken."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from seatrial.engine.containers import addressed, asked
from seatrial.engine.inside.owner import LABEL, options
from seatrial.engine.inspect import PROJECT
from seatrial.errors import RunFailed

if TYPE_CHECKING:
    from contextlib import ExitStack

    from seatrial.drill.outage.dependency import Dependency
    from seatrial.engine.attached import Network

_OURS = "seatrial-address-"
# The engine gives the lowest address that is free; others may have left gaps below the one that is meant.
_MOST = 3


def hold(dependency: Dependency, held: ExitStack) -> None:
    """Until `held` is closed, containers of ours have the addresses that the dependency, which is down, had.

    Not those of several containers, nor one that the compose file gives: they come back where they were.
    """
    image = _image(dependency)
    (first, *others) = dependency.facts
    for network in first.networks if image and not others else ():
        if network.ip and not network.fixed:
            _hold(dependency, network, image, held)


def others_at_home(dependency: Dependency) -> tuple[str, ...]:
    """Who has an address that the dependency had before, and is none of ours: it started at that moment."""
    homes = {network.name: network.ip for one in dependency.facts for network in one.networks if network.ip}
    there = (addressed(name).get(ip, "") for name, ip in homes.items())
    own = {one.name for one in dependency.facts}
    return tuple(name for name in there if name and name not in own and not name.startswith(_OURS))


def _hold(dependency: Dependency, network: Network, image: str, held: ExitStack) -> None:
    scene = dependency.scene
    for _ in range(_MOST):
        name = f"{_OURS}{uuid.uuid4().hex[:12]}"
        debt = held.enter_context(scene.guardian.owing("rm", "--force", "--volumes", name))
        arguments = ["run", "--detach", "--interactive", "--name", name, "--network", network.name]
        arguments += [*options(scene.stack.name), "--label", f"{PROJECT}="]
        arguments += ["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--read-only", "--log-driver", "none"]
        try:
            asked(
                [*arguments, "--init=false", "--no-healthcheck", "--entrypoint", "cat", image], doing="hold an address"
            )
        except RunFailed:  # a network that others may not join: it comes back where it was, and the report says so
            debt.pay()
            return
        path = f'{{{{(index .NetworkSettings.Networks "{network.name}").IPAddress}}}}'
        if asked(["inspect", "--format", path, name], doing="tell an address").strip() == network.ip:
            return


def _image(dependency: Dependency) -> str:
    """What our helper runs; "" where there is none."""
    if not dependency.scene.sees:
        return ""
    chosen = ["--filter", f"label={LABEL}={dependency.scene.stack.name}", "--format", "{{.Image}}"]
    return next(iter(asked(["ps", *chosen], doing="list the containers").split()), "")
