"""A throw-away copy of a container: same image, configuration and networks, nothing shared that can be written.

The copy has no Compose labels, no published ports, no aliases and no restart policy: Compose does not know it, and no
other service finds it. What the original keeps in named volumes and in folders of the host, the copy can only read.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seatrial.engine import translate
from seatrial.engine.api.connection import Connections, Refused
from seatrial.engine.api.endpoint import socket_path
from seatrial.engine.inside.owner import labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LIMIT_S = 30.0
_COMPOSE = re.compile(r"com\.docker\.compose\..*")
_ANONYMOUS = re.compile(r"[0-9a-f]{64}")
_KEPT = (
    "Env", "Cmd", "Entrypoint", "User", "WorkingDir", "Domainname", "ExposedPorts", "StopSignal", "StopTimeout", "Tty",
    "OpenStdin", "Shell",
)  # fmt: skip
# What belongs to the original alone: its ports on the host, its life cycle, its way to other containers.
_OWN: dict[str, Any] = {
    "PortBindings": {}, "PublishAllPorts": False, "AutoRemove": False, "RestartPolicy": {"Name": "no"}, "Binds": None,
    "VolumesFrom": None, "Links": None, "ContainerIDFile": "", "LogConfig": {"Type": "json-file", "Config": {}},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """What the copy has otherwise than the original; None is as there.

    Attributes:
        command: takes the place of entrypoint and command.
    """

    signal: str | None = None
    grace_s: int | None = None
    init: bool | None = None
    command: tuple[str, ...] | None = None


def obstacle(item: Mapping[str, Any]) -> str:
    """Why a container (of `docker inspect`) cannot be copied without touching others; "" when it can. Pure."""
    host = item.get("HostConfig") or {}
    for key, word in (("NetworkMode", "network_mode"), ("PidMode", "pid"), ("IpcMode", "ipc")):
        mode = str(host.get(key) or "")
        if mode == "host" or mode.startswith("container:"):
            return f"{word}: {mode.partition(':')[0]} is shared with others"
    for mount in item.get("Mounts") or ():
        if str(mount.get("Destination") or "").endswith(".sock"):
            return f"{mount['Destination']} lets it act on what is outside"
    return ""


def body(item: Mapping[str, Any], name: str, difference: Difference) -> dict[str, Any]:
    """What the engine creates the copy from, by `docker inspect` of the original. Pure."""
    config, host = item["Config"], dict(item.get("HostConfig") or {}) | _OWN
    made = {key: config[key] for key in _KEPT if config.get(key) is not None}
    hostname = config.get("Hostname") or ""
    made |= {} if item["Id"].startswith(hostname) else {"Hostname": hostname}
    made |= {} if difference.signal is None else {"StopSignal": difference.signal}
    made |= {} if difference.grace_s is None else {"StopTimeout": difference.grace_s}
    if difference.command is not None:
        made |= {"Entrypoint": list(difference.command), "Cmd": []}
    host |= {} if difference.init is None else {"Init": difference.init}
    own = (mount for mount in host.get("Mounts") or () if mount.get("Type") == "tmpfs")
    networks = (item.get("NetworkSettings") or {}).get("Networks") or {}
    return made | {
        "Image": item["Image"],
        # An image that Compose has built has its labels, and so would the copy.
        "Labels": labels(name) | {key: "" for key in config.get("Labels") or {} if _COMPOSE.fullmatch(key)},
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": host | {"Mounts": [*own, *_mounts(item)]},
        "NetworkingConfig": {"EndpointsConfig": {network: {} for network in networks}},
    }


def _mounts(item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for mount in item.get("Mounts") or ():
        kind, target = mount.get("Type"), mount["Destination"]
        if kind == "bind":
            yield {"Type": "bind", "Source": mount["Source"], "Target": target, "ReadOnly": True}
        elif kind == "volume" and _ANONYMOUS.fullmatch(mount.get("Name") or ""):
            yield {"Type": "volume", "Target": target}
        elif kind == "volume":
            yield {"Type": "volume", "Source": mount["Name"], "Target": target, "ReadOnly": True}


def check(container_id: str) -> str:
    """Why no copy of the container can be made; "" when one can. Raises `EngineUnreachable`."""
    socket = socket_path(os.environ)
    if socket is None:
        return "the engine is reached through the docker client only"
    try:
        return obstacle(Connections(socket).json(f"/containers/{container_id}/json", limit_s=_LIMIT_S))
    except Refused as refused:
        return str(refused)


def create(container_id: str, name: str, owner: str, difference: Difference) -> str:
    """Create a copy called `name`, with our label of that `owner`; its id.

    Raises:
        RunFailed: the engine refuses it.
        EngineUnreachable: there is no engine.
    """
    engine = Connections(socket_path(os.environ) or "")
    try:
        item = engine.json(f"/containers/{container_id}/json", limit_s=_LIMIT_S)
        wanted = body(item, owner, difference)
        made = engine.request("POST", "/containers/create", {"name": name}, wanted, limit_s=_LIMIT_S)
    except Refused as refused:
        raise translate.failure(str(refused), doing="create a copy of the container") from None
    return str(json.loads(made)["Id"])
