"""What `docker info` tells: client, plugins and engine in one answer, also when there is no engine."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatrial.engine import apart
from seatrial.engine.child import answer
from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMIT_S = 10.0
SETTINGS, _OWN_SETTINGS = "/etc/docker/daemon.json", "~/.config/docker/daemon.json"
# Of a client without a version: its context does not exist, or it is no docker.
MUTE = "the docker command tells nothing of itself"


@dataclass(frozen=True, slots=True)
class Info:
    """What the client on PATH says of itself and of the engine that it talks to.

    Attributes:
        client: its version; "" when it tells nothing of itself, its plugins neither.
        plugins: versions by name, as the client calls them (`compose`, `buildx`).
        engine: its version; "" when none answers, and then `trouble` holds the client's words.
        clock_s: the engine's clock minus ours, and `clock_error_s` how wrong that may be.
        root: where the engine keeps images and volumes, on its own machine.
        memory: bytes; 0 is unknown.
        security: `name=rootless`, `name=userns`, ...
        cgroups: their driver; `none` where the engine may make no groups of processes.
        proxies: of the engine, by the names of the usual variables; empty ones are left out.
    """

    client: str
    plugins: Mapping[str, str] = field(default_factory=dict)
    engine: str = ""
    trouble: str = ""
    clock_s: float = 0.0
    clock_error_s: float = 0.0
    root: str = ""
    memory: int = 0
    logging: str = ""
    system: str = ""
    security: tuple[str, ...] = ()
    cgroups: str = ""
    proxies: Mapping[str, str] = field(default_factory=dict)

    @property
    def maps_users(self) -> bool:
        """Whether uid 0 in a container is somebody else outside."""
        return any(name in word for word in self.security for name in ("rootless", "userns")) or (
            "Docker Desktop" in self.system or "OrbStack" in self.system
        )

    @property
    def settings(self) -> str:
        """The engine's file of settings, on its own machine; a rootless one belongs to who runs it."""
        return _OWN_SETTINGS if apart.kind(self.security, "") == apart.ROOTLESS else SETTINGS


def looked() -> Info:
    """Ask. Raises `ClientMissing`, `EngineUnreachable` when the client itself does not come back."""
    before = time.time()
    done = answer(["info", "--format", "{{json .}}"], limit_s=LIMIT_S)
    return read(done.stdout, done.stderr, before, time.time())


def read(text: str, complaint: str, before_s: float, after_s: float) -> Info:
    """The answer, and the moments between which it was given. Pure."""
    try:
        told = json.loads(text)
    except ValueError:
        told = {}
    client = told.get("ClientInfo") or {}
    stamp = told.get("SystemTime") or ""
    proxies = {"HTTP_PROXY": "HttpProxy", "HTTPS_PROXY": "HttpsProxy", "NO_PROXY": "NoProxy"}
    errors = [*(told.get("ServerErrors") or ()), complaint.strip()]
    return Info(
        client=client.get("Version") or "",
        plugins={one["Name"]: one.get("Version") or "" for one in client.get("Plugins") or ()},
        engine=told.get("ServerVersion") or "",
        trouble=next((error for error in errors if error), ""),
        clock_s=nanoseconds(stamp) / 1e9 - (before_s + after_s) / 2 if stamp else 0.0,
        clock_error_s=(after_s - before_s) / 2,
        root=told.get("DockerRootDir") or "",
        memory=told.get("MemTotal") or 0,
        logging=told.get("LoggingDriver") or "",
        system=told.get("OperatingSystem") or "",
        security=tuple(told.get("SecurityOptions") or ()),
        cgroups=told.get("CgroupDriver") or "",
        proxies={name: told[key] for name, key in proxies.items() if told.get(key)},
    )


def numbers(version: str) -> tuple[int, ...]:
    """`(2, 26, 1)` of `v2.26.1-4` or `2.26.1+ds1`; empty for what is no version. Pure."""
    found = re.match(r"v?(\d+(?:\.\d+)*)", version)
    return tuple(int(part) for part in found[1].split(".")) if found else ()
