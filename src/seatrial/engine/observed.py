"""What an engine tells about a project: containers as they are, events and log lines. Values only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# The engine names a volume so when it is given no name.
_ANONYMOUS = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Probe:
    """One run of a health check: `exit_code` 0 passed, anything else did not; `output` as the engine kept it."""

    exit_code: int
    output: str
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """`status` is starting, healthy or unhealthy; `probes` oldest first (the engine keeps five)."""

    status: str
    failing_streak: int = 0
    probes: tuple[Probe, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """Where a container's port can be reached on the host."""

    host_ip: str
    host_port: int
    target: int
    protocol: str = "tcp"


@dataclass(frozen=True, slots=True)
class Container:
    """One container, from `docker inspect`.

    Attributes:
        state: created, running, paused, restarting, removing, exited or dead.
        error: the engine's own words when it could not start the container; else "".
        restart_count: restarts by its policy since it was last started by hand.
        created_at, started_at, finished_at: RFC 3339 with nanoseconds; the year 0001 when it never happened. While it
            runs, `finished_at` is the end of the run before.
        one_off: whether it is no replica: made by `docker compose run`, or the runner of a `pre_start` hook.
        folder: that of the project when the container was made, as Compose wrote it down.
        files: the compose files that it was made from.
        pid: of PID 1, in the engine's PID namespace; 0 while it does not run.
        exposed: TCP ports that image or compose file name and that are not published.
        networks: name and id of each network it is attached to; the id is that of its last start.
        joins: ids of the containers whose network, processes or IPC it shares.
        volumes: target and name of each volume it mounts.
        recorded_image: id of the image that Compose recorded for it; not always the one that it runs.
    """

    id: str
    name: str
    service: str
    state: str
    health: Health | None = None
    exit_code: int = 0
    oom_killed: bool = False
    error: str = ""
    restart_count: int = 0
    restart_policy: str = "no"
    image_id: str = ""
    config_hash: str = ""
    started_at: str = ""
    finished_at: str = ""
    created_at: str = ""
    number: int = 1
    one_off: bool = False
    addresses: tuple[Address, ...] = ()
    folder: str = ""
    files: tuple[str, ...] = ()
    pid: int = 0
    exposed: tuple[int, ...] = ()
    networks: tuple[tuple[str, str], ...] = ()
    joins: tuple[str, ...] = ()
    volumes: tuple[tuple[str, str], ...] = ()
    recorded_image: str = ""

    @property
    def anonymous_volumes(self) -> tuple[str, ...]:
        """Where it mounts volumes that have no name in the compose file."""
        return tuple(target for target, name in self.volumes if _ANONYMOUS.fullmatch(name))


@dataclass(frozen=True, slots=True)
class NotRemoved:
    """A volume or a network that is still there after the engine was asked to remove it.

    Attributes:
        users: names of the containers that use it.
        error: the engine's own words when it refused for another reason; else "".
    """

    name: str
    users: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """An image: when it got its name here, ns since the epoch by the engine's clock; `pulled` from a registry.

    `platform` is `OS/ARCHITECTURE[/VARIANT]`. `by_manifest`: Compose may record another digest of it than its id.
    `built_by`: the project and the service that Compose built it for; "" where it did not.
    """

    id: str
    tagged_ns: int
    pulled: bool = False
    platform: str = ""
    by_manifest: bool = False
    built_by: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A project's containers at one moment."""

    containers: tuple[Container, ...] = ()

    def of(self, service: str) -> tuple[Container, ...]:
        """The containers of a service, without one-off ones (`docker compose run`), in their numbers' order."""
        own = (c for c in self.containers if c.service == service and not c.one_off)
        return tuple(sorted(own, key=lambda c: c.number))

    def by_id(self, container_id: str) -> Container | None:
        """The container of that id, if it is still there."""
        return next((c for c in self.containers if c.id == container_id), None)

    @property
    def services(self) -> frozenset[str]:
        return frozenset(c.service for c in self.containers if not c.one_off)


@dataclass(frozen=True, slots=True)
class Event:
    """One engine event; `time_ns` is the engine's clock since the epoch."""

    action: str
    container_id: str
    service: str
    time_ns: int
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LogLine:
    """`time` is the engine's clock, RFC 3339 with nanoseconds in UTC: it sorts as text."""

    time: str
    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What a running container uses, at one moment.

    Attributes:
        cpu_s: seconds of one core since it was made; two readings give a share.
        memory_bytes: without what the kernel would give back at once, as `docker stats` counts it.
        memory_limit_bytes: its limit, else what the engine's host has; 0 is not known.
        read_ns: when, by the engine's clock since the epoch.
    """

    cpu_s: float
    memory_bytes: int
    memory_limit_bytes: int
    read_ns: int

    def cores_since(self, before: Usage) -> float | None:
        """The mean use between two readings, in cores (1.0 is one of them); None when they do not tell."""
        seconds = (self.read_ns - before.read_ns) / 10**9
        used_s = self.cpu_s - before.cpu_s  # less than nothing: it was started anew
        return used_s / seconds if seconds > 0 and used_s >= 0 else None
