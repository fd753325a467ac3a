"""What a container is made to be, and where it is while it runs: its pid and addresses change with a restart. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seatrial.engine.attached import Mount, Network, mounts, networks
from seatrial.engine.inspect import SERVICE, addresses
from seatrial.engine.observed import Address  # noqa: TC001  pydantic reads the annotations when facts are recorded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_NS = 1e9


@dataclass(frozen=True, slots=True)
class Check:
    """The health check in force, of the compose file or of the image; 0 where nothing is set (the engine's default).

    Attributes:
        shell: what runs the text of a `CMD-SHELL`; empty is `/bin/sh -c`.
    """

    test: tuple[str, ...]
    interval_s: float = 0.0
    timeout_s: float = 0.0
    start_period_s: float = 0.0
    start_interval_s: float = 0.0
    retries: int = 0
    shell: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """One container.

    Attributes:
        command: entrypoint and arguments of PID 1, as the engine starts it.
        stop_signal: in force; the engine's default is SIGTERM.
        stop_timeout_s: in force; None is the engine's default of 10.
        check: None when there is none or it is disabled.
        name: the container's.
        image_id: `sha256:...`, which stays when the tag `image` moves on.
        pid: of PID 1, in the engine's PID namespace; 0 while it does not run.
        user: as configured; empty is root, unless the command changes it.
        memory_limit: bytes; 0 is none.
        read_only: the root file system.
        network_mode: `host`, `none`, `container:ID`, or the name of a network.
        exposed: TCP ports that image or compose file expose.
        published: where those that are published listen on the host.
    """

    id: str
    service: str
    image: str
    command: tuple[str, ...]
    stop_signal: str = "SIGTERM"
    stop_timeout_s: int | None = None
    init: bool = False
    tty: bool = False
    pid_mode: str = ""
    ipc_mode: str = ""
    restart_policy: str = "no"
    restart_limit: int = 0
    check: Check | None = None
    name: str = ""
    image_id: str = ""
    pid: int = 0
    user: str = ""
    memory_limit: int = 0
    read_only: bool = False
    network_mode: str = ""
    networks: tuple[Network, ...] = ()
    mounts: tuple[Mount, ...] = ()
    exposed: tuple[int, ...] = ()
    published: tuple[Address, ...] = ()

    @property
    def anonymous_volumes(self) -> tuple[Mount, ...]:
        """Volumes that nobody named."""
        return tuple(mount for mount in self.mounts if mount.anonymous)


def facts(text: str) -> tuple[Facts, ...]:
    """The answer of `docker inspect ID...`, a JSON list."""
    return tuple(_facts(item) for item in json.loads(text or "[]"))


def _facts(item: Mapping[str, Any]) -> Facts:
    config, host = item["Config"], item.get("HostConfig") or {}
    policy = host.get("RestartPolicy") or {}
    return Facts(
        id=item["Id"],
        service=(config.get("Labels") or {}).get(SERVICE, ""),
        image=config.get("Image", ""),
        command=(item.get("Path", ""), *(item.get("Args") or ())),
        stop_signal=config.get("StopSignal") or "SIGTERM",
        stop_timeout_s=config.get("StopTimeout"),
        init=bool(host.get("Init")),
        tty=bool(config.get("Tty")),
        pid_mode=host.get("PidMode") or "",
        ipc_mode=host.get("IpcMode") or "",
        restart_policy=policy.get("Name") or "no",
        restart_limit=policy.get("MaximumRetryCount") or 0,
        check=_check(config.get("Healthcheck"), config.get("Shell")),
        name=(item.get("Name") or "").lstrip("/"),
        image_id=item.get("Image") or "",
        pid=(item.get("State") or {}).get("Pid") or 0,
        user=config.get("User") or "",
        memory_limit=host.get("Memory") or 0,
        read_only=bool(host.get("ReadonlyRootfs")),
        network_mode=host.get("NetworkMode") or "",
        networks=tuple(networks(item)),
        mounts=tuple(mounts(item)),
        exposed=tuple(_exposed(config.get("ExposedPorts") or {})),
        published=tuple(addresses((item.get("NetworkSettings") or {}).get("Ports") or {})),
    )


def _exposed(ports: Mapping[str, Any]) -> Iterator[int]:
    numbers = (key.partition("/") for key in ports)
    yield from sorted(int(number) for number, _, protocol in numbers if protocol in ("", "tcp"))


def _check(check: Mapping[str, Any] | None, shell: Sequence[str] | None) -> Check | None:
    if not check or (check.get("Test") or ["NONE"])[0] == "NONE":
        return None
    return Check(
        test=tuple(check["Test"]),
        interval_s=(check.get("Interval") or 0) / _NS,
        timeout_s=(check.get("Timeout") or 0) / _NS,
        start_period_s=(check.get("StartPeriod") or 0) / _NS,
        start_interval_s=(check.get("StartInterval") or 0) / _NS,
        retries=check.get("Retries") or 0,
        shell=tuple(shell or ()),
    )
