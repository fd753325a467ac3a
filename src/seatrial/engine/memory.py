"""An engine without Docker, for plans and verdicts; services do as their `Script` says. A contract test holds it."""

from __future__ import annotations

import itertools
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seatrial.engine.facts import Facts
from seatrial.engine.happened import Happened
from seatrial.engine.inspect import SERVICE
from seatrial.engine.made import config_hash, made
from seatrial.engine.memory_inside import Inside
from seatrial.engine.observed import Container, Event, Health, LogLine, Made, NotRemoved, Snapshot
from seatrial.engine.resources import Resource, Resources
from seatrial.errors import RunFailed
from seatrial.stack import Service, Stack, contained

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from seatrial.engine import UpRequest
    from seatrial.engine.memory_files import Files
    from seatrial.project import Project


@dataclass(frozen=True, slots=True)
class Script:
    """How a service's container turns out: the state it ends in, its health there, its exit code and what it logs."""

    state: str = "running"
    health: Health | None = None
    exit_code: int = 0
    log: tuple[str, ...] = ()


@dataclass
class MemoryEngine(Inside):
    """Holds one project's containers; time passes only from one call to the next."""

    model: Stack
    scripts: Mapping[str, Script] = field(default_factory=dict)
    version: str = "26.1.5"
    containers: dict[str, Container] = field(default_factory=dict)
    volume_names: tuple[str, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)
    source: str = '{"services": {}}'
    files: dict[str, Files] = field(default_factory=dict)
    commands: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    _happened: list[Event] = field(default_factory=list)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def about(self) -> str:
        return self.version

    @contextmanager
    def ahead(self, project: Project) -> Iterator[None]:
        del project
        yield

    def stack(self, project: Project) -> Stack:
        del project
        return self.model

    def stacks_by_label(self, project: Project) -> tuple[Stack, ...]:
        made = {container.service for container in self.containers.values()}
        mine = made and project.name in (None, self.model.name)
        bare = (Service(s.name, s.image, depends_on=s.depends_on) for s in self.model.services if s.name in made)
        return (Stack(self.model.name, tuple(sorted(bare, key=lambda s: s.name))),) if mine else ()

    def uninterpolated(self, project: Project) -> str:
        del project
        return self.source

    def values(self, project: Project, names: Sequence[str]) -> Mapping[str, str | None]:
        del project
        return {name: self.variables.get(name) for name in names}

    def facts(self, container_ids: Sequence[str]) -> tuple[Facts, ...]:
        known = (self.containers[i] for i in container_ids if i in self.containers)
        return tuple(Facts(c.id, c.service, c.image_id, ("sleep",), restart_policy=c.restart_policy) for c in known)

    def environments(self, container_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        model = contained(self.model)
        return {i: model.get(self.containers[i].service, {}) for i in container_ids if i in self.containers}

    def config_hashes(self, stack: Stack) -> Mapping[str, str]:
        return {service.name: config_hash(service) for service in stack.services}

    def compose_version(self) -> tuple[int, ...]:
        return (2, 40, 0)

    def made(self, names: Sequence[str]) -> Mapping[str, Made]:
        return {name: Made(f"sha256:{name}", 0) for name in names}

    def resources(self, project_name: str) -> Resources:
        made = project_name == self.model.name
        return Resources(volumes=tuple(Resource(name, project=project_name) for name in self.volume_names if made))

    def snapshot(self, project_name: str) -> Snapshot:
        mine = project_name == self.model.name
        return Snapshot(tuple(self.containers.values()) if mine else ())

    def look(self, container_ids: Sequence[str]) -> tuple[Container, ...]:
        return tuple(self.containers[i] for i in container_ids if i in self.containers)

    @contextmanager
    def events(self, project_name: str) -> Iterator[Happened]:
        del project_name
        yield Happened(self._happened, len(self._happened))

    def up(self, project: Project, request: UpRequest) -> Iterator[str]:
        del project
        for container in self._made(request):
            yield self._started(container)

    def create(self, project: Project, request: UpRequest) -> Iterator[str]:
        del project
        for container in self._made(request):
            yield f"Container {container.name}  Created"

    def start_container(self, container_id: str) -> None:
        self._started(self.containers[container_id])

    def resume_container(self, container_id: str) -> None:
        self._change(self._there(container_id), "unpause", state="running")

    def stop_container(self, container_id: str, limit_s: float, grace_s: int | None = None) -> None:
        del limit_s, grace_s
        container = self._there(container_id)
        if container.state == "restarting":
            self._change(container, "stop", state="exited")
        elif container.state in ("running", "paused"):
            self._happens("kill", container, signal="15")
            self._change(container, "stop", state="exited", exit_code=143)
            self._happens("die", container, exitCode="143")

    def remove_container(self, container_id: str, *, volumes: bool) -> None:
        del volumes
        container = self._there(container_id)
        if container.state == "running":
            raise RunFailed("the container runs", fix="stop it")
        self._happens("destroy", container)
        del self.containers[container_id]

    def start_service(self, project: Project, service: str, *, pre_start: bool = False) -> None:
        del project, pre_start
        for container in self._of((service,)):
            self._started(container)

    def restart_container(self, container_id: str, limit_s: float) -> None:
        self.stop_container(container_id, limit_s)
        self._started(self.containers[container_id])

    def build(self, project: Project, services: Sequence[str], *, cache: bool, model: str = "") -> Iterator[str]:
        del project, cache, model
        yield from (f"{name} built" for name in services)

    def stop(self, project: Project, services: Sequence[str], grace_s: int | None = None) -> None:
        del project, grace_s
        for container in self._of(services):
            self.stop_container(container.id, 0)

    def restart(self, project: Project, services: Sequence[str]) -> None:
        self.stop(project, services)
        for container in self._of(services):
            self._started(container)

    def down(self, project: Project, *, volumes: bool, grace_s: int | None = None) -> None:
        del grace_s
        names = self.model.names
        self.stop(project, names)
        for container in self._of(names):
            self._happens("destroy", container)
            del self.containers[container.id]
        if volumes:
            self.volume_names = ()

    def remove_networks(self, project_name: str, keys: Collection[str] | None) -> tuple[NotRemoved, ...]:
        running = tuple(container.name for container in self.containers.values() if container.state == "running")
        mine = project_name == self.model.name and (keys is None or "default" in keys)
        return (NotRemoved(f"{self.model.name}_default", running),) if mine and running else ()

    def remove_volumes(self, names: Collection[str]) -> tuple[NotRemoved, ...]:
        users = tuple(sorted(container.name for container in self.containers.values()))
        self.volume_names = tuple(name for name in self.volume_names if users or name not in names)
        return tuple(NotRemoved(name, users) for name in names if name in self.volume_names)

    def volume_users(self, names: Collection[str]) -> Mapping[str, Sequence[str]]:
        return dict.fromkeys(names, tuple(sorted(container.name for container in self.containers.values())))

    def existing_volumes(self, names: Collection[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name in self.volume_names)

    def volumes(self, project_name: str) -> tuple[str, ...]:
        return self.volume_names if project_name == self.model.name else ()

    def publishers(self, port: int, protocol: str = "tcp") -> tuple[str, ...]:
        return tuple(
            c.name
            for c in self._of(())
            if c.state == "running" and any((a.host_port, a.protocol) == (port, protocol) for a in c.addresses)
        )

    def log_tail(self, container_id: str, lines: int) -> tuple[str, ...]:
        return self._script(self.containers[container_id]).log[-lines:]

    @contextmanager
    def log_lines(self, container_id: str, *, follow: bool, since: str, tail: str) -> Iterator[Iterator[LogLine]]:
        del follow, since
        log = self._script(self.containers[container_id]).log
        told = log if tail == "all" else log[-int(tail) :]
        yield (LogLine(f"2026-01-01T00:00:{index:02}.000000000Z", text) for index, text in enumerate(told))

    def last_lines(self, container_ids: Sequence[str]) -> Mapping[str, LogLine]:
        logs = {c.id: self._script(c).log for c in self.look(container_ids)}
        return {i: LogLine("2026-01-01T00:00:00.000000000Z", log[-1]) for i, log in logs.items() if log}

    def _made(self, request: UpRequest) -> Iterator[Container]:
        self.volume_names = self.model.volumes
        for name in self.model.closure(request.services):
            for number in range(1, self.model.service(name).replicas + 1):
                yield self._created(self.model.service(name), number)

    def _script(self, container: Container) -> Script:
        return self.scripts.get(container.service, Script())

    def _of(self, services: Sequence[str]) -> list[Container]:
        return [c for c in self.containers.values() if not services or c.service in services]

    def _created(self, service: Service, number: int) -> Container:
        name = f"{self.model.name}-{service.name}-{number}"
        there = next((c for c in self.containers.values() if c.name == name), None)
        if there and there.config_hash == config_hash(service):
            return there
        if there:
            self._happens("destroy", there)
            del self.containers[there.id]
        container = made(self.model.name, service, number, f"{next(self._ids):064x}")
        self.containers[container.id] = container
        self._happens("create", container)
        return container

    def _started(self, container: Container) -> str:
        if container.state == "running":
            return f"Container {container.name}  Running"
        script = self._script(container)
        stamp = f"2026-01-01T00:00:00.{next(self._ids):09}Z"
        started = self._change(container, "start", state="running", exit_code=0, health=script.health, started_at=stamp)
        if script.state != "running":
            self._change(started, "die", state=script.state, exit_code=script.exit_code)
        elif script.health:
            self._happens(f"health_status: {script.health.status}", started)
        return f"Container {container.name}  Started"

    def _change(self, container: Container, action: str, **changes: object) -> Container:
        # The newest state counts: a caller may hold an older value.
        changed = replace(self.containers[container.id], **changes)  # type: ignore[arg-type]
        self.containers[container.id] = changed
        self._happens(action, changed)
        return changed

    def _happens(self, action: str, container: Container, **attributes: str) -> None:
        told = {SERVICE: container.service, **attributes}
        self._happened.append(Event(action, container.id, container.service, time.time_ns(), told))
